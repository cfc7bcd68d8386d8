"""What every door over HTTP needs: who calls and in which language, the transaction of a request, problems in words."""
