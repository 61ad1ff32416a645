"""Local stand-ins, so that the whole project runs without an account, Docker or root."""
