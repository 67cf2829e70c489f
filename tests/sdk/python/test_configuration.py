import uuid
from datetime import datetime, timedelta

from demo import Journey, client_with


def server_time(text):
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S")


class Configuration(Journey):
    def test_it_shows_the_switches_of_the_demo_tenant(self):
        configuration = self.accepted(self.sdk.configuration.get_configurations())

        self.assertIs(configuration["IsPhoneLogin"], True)
        self.assertIs(configuration["IsUserNameLogin"], True)
        self.assertIs(configuration["LoginOnPasswordReset"], True)
        self.assertEqual(configuration["EmailVerificationFlow"], "optional")

    def test_an_unknown_api_key_is_refused(self):
        stranger = client_with(api_key=str(uuid.uuid4()))
        self.refused(stranger.configuration.get_server_info(), 901)


class ServerTime(Journey):
    def window(self, info):
        return server_time(info["Sott"]["EndTime"]) - server_time(info["Sott"]["StartTime"])

    def test_the_server_tells_the_window_of_a_sott_in_its_own_time(self):
        info = self.accepted(self.sdk.configuration.get_server_info(7))

        server_time(info["CurrentTime"])
        self.assertEqual(self.window(info), timedelta(minutes=7))
        self.assertEqual(int(info["Sott"]["TimeDifference"]), 7)

    def test_without_a_time_difference_the_window_is_ten_minutes(self):
        info = self.accepted(self.sdk.configuration.get_server_info())

        self.assertEqual(self.window(info), timedelta(minutes=10))
