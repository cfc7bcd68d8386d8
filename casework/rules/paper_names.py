"""What may lie open of the name of a paper: that of an ordinary one, and of any other only that there is a paper."""

import re
from typing import Final

from casework.rules import folding

OTHER_PAPER: Final = "其他材料"
"""What lies open of a paper whose name may tell more of a person than that there is a paper."""
_ORDINARY: Final = """
    身份证 身份 居民 户口簿 户口本 户口 户籍 居住证 暂住证 护照 通行证 申请人 本人 家庭 成员 家属 配偶
    子女 代理人 法定 监护 亲属 关系 劳动者 职工 工会 用人 单位 公司 企业 项目 工地 工程 承包 分包 施工
    街道 社区 村委会 居委会 劳动合同 劳动 劳务 合同 协议 委托 授权 用工 入职 离职 解除 终止 辞退 开除
    工资条 工资单 工资卡 工资 薪资 薪酬 低收入 收入 支付 欠条 欠款 拖欠 结算 银行 流水 账户 存折 转账
    付款 收款 对账单 考勤 打卡 排班 工作证 工牌 工作 出勤 加班 社保 社会保险 养老 医保 失业 参保 缴费
    公积金 个税 纳税 完税 退休 低保 仲裁 起诉状 起诉 答辩状 判决书 裁决书 裁定书 调解书 调解 受理 送达
    传票 开庭 营业执照 工商 登记 注册 信用代码 法人 代表 法律援助 援助 经济 困难 状况 情况 不动产 房产
    房屋 房本 租房 租赁 车辆 行驶证 驾驶证 水电 燃气 学校 学费 学生 就读 在读 学籍 录取 毕业证 结婚证
    离婚证 婚姻 近 年 月 半 一 两 二 三 六 十二 个 份 第 聊天 微信 短信 通话 录音 照片 视频 记录
    明细 清单 名单 表 申请表 申请书 申请 审批 说明 声明 承诺 同意 确认 推荐 通知书 通知 决定书 回执
    证明 材料 凭证 票据 单据 发票 收据 证件 证书 信息 查询 文件 资料 证据 书 单 复印件 原件 扫描件
    副本 正本 签名 签字 盖章 示例 其他 相关 有关 新 补充 及 和 与 或者 或 的 等 由
"""
"""Of what the names of ordinary papers are made in Chinese; words that tell of a body are none of them."""
_ORDINARY_ENGLISH: Final = """
    a account agreement an and another application arbitration attendance attorney authority award badge bank
    business by card certificate chat claim company contract copies copy court decision divorce document
    documents employee employer employers employment enrolment evidence example first for form from further half
    hardship household identity in income insurance iou judgement judgment labour last lease licence license
    list marriage means mediation message messages month months more new no note notice of old on or original
    other paper papers passport pay payslip payslips pension permit photo photos power proof property receipt
    receipts record recording records register registration rent request residence ruling salary schedule school
    settlement sheet sheets slip slips social statement statements student summons tax the to transfer union
    unit vehicle wage wages with work worker year years
"""


def shown_name(name: str) -> str:
    """What lies open of a paper's name: all of it where it is made of words for ordinary papers, else `OTHER_PAPER`."""
    rest = folding.plain(name).lower()
    if not _LONG_NUMBER.search(rest) and all(word in _ENGLISH for word in re.findall("[a-z]+", rest)):
        rest = re.sub("[a-z]+", "", rest)
        for word in _LONGEST_FIRST:
            rest = rest.replace(word, "")
        if not any(sign.isalpha() for sign in rest):
            return name
    return OTHER_PAPER


_LONG_NUMBER: Final = re.compile(r"\d{5}")
_LONGEST_FIRST: Final = tuple(sorted(_ORDINARY.split(), key=len, reverse=True))
_ENGLISH: Final = frozenset(_ORDINARY_ENGLISH.split())
