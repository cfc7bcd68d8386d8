"""The states and bodies that issue identity documents, by the three letters that stand in them.

ISO 3166-1 alpha-3, and what ICAO Doc 9303 part 3 adds for travel documents (both recalled, to be confirmed).
"""

import re
from typing import Final

from casework.rules import folding
from casework.rules.identifiers import BadIdentifier
from casework.rules.text import Text

STATES: Final = frozenset(
    re.findall(
        "[A-Z]{3}",
        """
    ABW AFG AGO AIA ALA ALB AND ARE ARG ARM ASM ATA ATF ATG AUS AUT AZE BDI BEL BEN BES BFA BGD BGR BHR BHS
    BIH BLM BLR BLZ BMU BOL BRA BRB BRN BTN BVT BWA CAF CAN CCK CHE CHL CHN CIV CMR COD COG COK COL COM CPV
    CRI CUB CUW CXR CYM CYP CZE DEU DJI DMA DNK DOM DZA ECU EGY ERI ESH ESP EST ETH FIN FJI FLK FRA FRO FSM
    GAB GBR GEO GGY GHA GIB GIN GLP GMB GNB GNQ GRC GRD GRL GTM GUF GUM GUY HKG HMD HND HRV HTI HUN IDN IMN
    IND IOT IRL IRN IRQ ISL ISR ITA JAM JEY JOR JPN KAZ KEN KGZ KHM KIR KNA KOR KWT LAO LBN LBR LBY LCA LIE
    LKA LSO LTU LUX LVA MAC MAF MAR MCO MDA MDG MDV MEX MHL MKD MLI MLT MMR MNE MNG MNP MOZ MRT MSR MTQ MUS
    MWI MYS MYT NAM NCL NER NFK NGA NIC NIU NLD NOR NPL NRU NZL OMN PAK PAN PCN PER PHL PLW PNG POL PRI PRK
    PRT PRY PSE PYF QAT REU ROU RUS RWA SAU SDN SEN SGP SGS SHN SJM SLB SLE SLV SMR SOM SPM SRB SSD STP SUR
    SVK SVN SWE SWZ SXM SYC SYR TCA TCD TGO THA TJK TKL TKM TLS TON TTO TUN TUR TUV TWN TZA UGA UKR UMI URY
    USA UZB VAT VCT VEN VGB VIR VNM VUT WLF WSM YEM ZAF ZMB ZWE EUE GBD GBN GBO GBP GBS RKS UNA UNK UNO XOM
    XPO XXA XXB XXC XXX
    """,
    )
)


def check_state(text: str) -> str:
    """The three letters of a state or body that issues documents, in capitals. BadIdentifier `state`."""
    code = folding.identifier(text)
    if code not in STATES:
        raise BadIdentifier(
            "state",
            Text(
                "请填写签发国家或者地区的三位字母代码，以证件上所印为准，例如 VNM（越南）。",
                "Give the three letters of the state that issued the document as they are printed in it, such as VNM.",
            ),
        )
    return code
