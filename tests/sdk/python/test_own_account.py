import urllib.parse

from demo import URL, Journey, Mailbox, Person, new_password


def vtoken(link):
    return urllib.parse.parse_qs(urllib.parse.urlsplit(link).query)["vtoken"][0]


class OwnAccount(Journey):
    def setUp(self):
        super().setUp()
        self.people = self.sdk.authentication
        self.phones = self.sdk.phone_authentication

    def signed_in(self):
        person, profile = self.created_by_back_end()
        return person, self.accepted(self.login_by_email(person))["access_token"], profile["Uid"]

    def test_a_profile_is_changed_by_its_owner(self):
        _, token, _ = self.signed_in()

        answer = self.accepted(self.people.update_profile_by_access_token(token, {"NickName": "Ash"}))

        self.assertEqual(answer["Data"]["NickName"], "Ash")

    def test_a_password_is_changed_by_whoever_knows_the_old_one(self):
        person, token, _ = self.signed_in()
        other = self.accepted(self.login_by_email(person))["access_token"]
        new_secret = new_password()

        self.refused(self.people.change_password(token, new_secret, new_password()), 967)
        self.accepted(self.people.change_password(token, new_secret, person.password))

        self.refused(self.people.get_profile_by_access_token(other), 905)
        self.accepted(self.people.get_profile_by_access_token(token))
        self.accepted(self.login_by_email(person, new_secret))

    def test_a_user_name_is_taken_by_one_person_alone(self):
        _, token, _ = self.signed_in()
        name = Person().user_name
        self.assertIs(self.accepted(self.people.check_user_name_availability(name))["IsExist"], False)

        self.accepted(self.people.set_or_change_user_name(token, name))

        self.assertIs(self.accepted(self.people.check_user_name_availability(name))["IsExist"], True)
        _, rival, _ = self.signed_in()
        self.refused(self.people.set_or_change_user_name(rival, name), 1017)

    def test_an_added_address_signs_in_once_it_is_proved(self):
        person, token, uid = self.signed_in()
        email = Person().email

        self.accepted(self.people.add_email(token, email, "Work"))
        link = Mailbox(email).next_link()
        self.accepted(self.people.verify_email(vtoken(link)))

        login = self.sdk.authentication.login_by_email({"email": email, "password": person.password})
        self.assertEqual(self.accepted(login)["Profile"]["Uid"], uid)

    def test_a_removed_address_is_gone_and_the_last_one_stays(self):
        person, token, _ = self.signed_in()
        email = Person().email
        self.accepted(self.people.add_email(token, email, "Work"))

        self.refused(self.people.remove_email(token, person.email), 1005)
        self.accepted(self.people.remove_email(token, email))

        self.refused(self.people.remove_email(token, email), 1340)

    def test_a_login_phone_changes_when_the_code_to_the_new_number_comes_back(self):
        person, token, uid = self.signed_in()
        phone = Person().phone
        mailbox = Mailbox(phone)

        self.accepted(self.phones.update_phone_number(token, phone))
        self.accepted(self.login_by_phone(person))
        self.accepted(self.phones.phone_verification_otp_by_access_token(token, mailbox.next_code()))

        login = self.phones.login_by_phone({"phone": phone, "password": person.password})
        self.assertEqual(self.accepted(login)["Profile"]["Uid"], uid)
        self.refused(self.login_by_phone(person), 966)

    def test_an_account_is_deleted_by_the_link_in_the_message(self):
        person, token, _ = self.signed_in()

        self.accepted(self.people.delete_account_with_email_confirmation(token, f"{URL}/goodbye"))
        link = Mailbox(person.email).next_link()
        self.accepted(self.people.delete_account_by_delete_token(vtoken(link)))

        self.refused(self.login_by_email(person), 966)


class EmailReset(Journey):
    def test_a_forgotten_password_is_reset_by_the_link_in_the_message_which_works_once(self):
        people = self.sdk.authentication
        person, _ = self.created_by_back_end()
        new_secret = new_password()

        self.accepted(people.forgot_password(person.email, f"{URL}/reset"))
        token = vtoken(Mailbox(person.email).next_link())
        self.accepted(people.reset_password_by_reset_token({"resettoken": token, "password": new_secret}))

        again = people.reset_password_by_reset_token({"resettoken": token, "password": new_password()})
        self.refused(again, 974)
        self.refused(self.login_by_email(person), 966)
        self.accepted(self.login_by_email(person, new_secret))

    def test_asking_does_not_tell_whether_the_address_is_known(self):
        people = self.sdk.authentication
        email = Person().email

        self.accepted(people.forgot_password(email, f"{URL}/reset"))

        self.assertEqual(Mailbox(email).messages(), [])
        guess = {"email": email, "otp": "123456", "password": new_password()}
        self.refused(people.reset_password_by_email_otp(guess), 1185)
