"""The demo's hosted pages, as a browser without scripts sees them."""

import re
import urllib.error
import urllib.parse
import urllib.request
from http.cookies import SimpleCookie

from demo import URL

BACK = f"{URL}/dev/application/back"


class Staying(urllib.request.HTTPRedirectHandler):
    """Does not go where it is sent."""

    def redirect_request(self, *_):
        return None


def sign_in_on_the_page(person):
    """Signs the person in and gives the code that the browser is sent back with."""
    page = f"{URL}/hosted/demo/sign-in?{urllib.parse.urlencode({'redirect_url': BACK})}"
    with urllib.request.urlopen(page) as shown:
        cookie = SimpleCookie(shown.headers["set-cookie"])
        form = re.search(r'name="form" value="([^"]+)"', shown.read().decode()).group(1)
    fields = {"form": form, "identifier": person.email, "password": person.password}
    cookies = "; ".join(f"{name}={morsel.coded_value}" for name, morsel in cookie.items())
    sent = urllib.request.Request(page, urllib.parse.urlencode(fields).encode(), {"cookie": cookies})
    try:
        urllib.request.build_opener(Staying).open(sent)
    except urllib.error.HTTPError as answer:
        location = answer.headers["location"]
    assert location.startswith(BACK), location
    return urllib.parse.parse_qs(urllib.parse.urlsplit(location).query)["code"][0]
