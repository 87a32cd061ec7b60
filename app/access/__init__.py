"""Who is at the explorer of an office: its settings, the gate before every request, sign-in.

Off by default: whoever sits at the machine sees and does everything. With ``access.toml`` in the folder of
the record (or the file that $ZELIAN_ACCESS names) nobody gets in whom the proxy or the identity provider did
not name and to whom the settings give no role.

settings   the file, read and checked
seat       who somebody is and in which role, as the gate tells the pages
gate       refuses what it does not know, before Streamlit sees it: pages, files, uploads, websockets
sign_in    OpenID Connect, by Authlib
"""
