from demo import Journey
from hosted_pages import sign_in_on_the_page


class TheHostedPages(Journey):
    def test_end_with_a_code_that_is_exchanged_for_tokens_once(self):
        person, profile = self.created_by_back_end()
        code = sign_in_on_the_page(person)
        session = self.accepted(self.sdk.social.exchange_access_token(code))
        self.assertEqual(self.signed_in_profile(session)["Uid"], profile["Uid"])
        self.refused(self.sdk.social.exchange_access_token(code), 903)

    def test_give_out_no_code_that_somebody_guesses(self):
        self.refused(self.sdk.social.exchange_access_token("no-such-code"), 903)
