import uuid

from demo import Journey, Person, client_with


class AnAccount(Journey):
    def finders(self):
        """How the back end finds an account, and the code that tells that there is none."""
        account = self.sdk.account
        return {
            # The plus of the address and of the phone number goes out as it is, not as %2B.
            "email": (lambda person, _: account.get_account_profile_by_email(person.email), 1023),
            "phone": (lambda person, _: account.get_account_profile_by_phone(person.phone), 1043),
            "user name": (lambda person, _: account.get_account_profile_by_user_name(person.user_name), 1022),
            "uid": (lambda _, uid: account.get_account_profile_by_uid(uid), 984),
        }

    def test_is_created_with_what_the_back_end_says(self):
        person, profile = self.created_by_back_end()

        self.assertEqual(profile["FullName"], "Ann Marlow")
        self.assertEqual(profile["Email"], [{"Type": "Primary", "Value": person.email}])
        self.assertIs(profile["EmailVerified"], True)
        self.assertEqual(profile["PhoneId"], person.phone)
        self.assertIs(profile["PhoneIdVerified"], True)
        self.assertEqual(profile["UserName"], person.user_name)
        self.assertNotEqual(profile["Password"], person.password)

    def test_keeps_letters_past_ascii(self):
        _, profile = self.created_by_back_end(FirstName="Zoë", LastName="Žižková")

        found = self.accepted(self.sdk.account.get_account_profile_by_uid(profile["Uid"]))
        self.assertEqual(found["FullName"], "Zoë Žižková")

    def test_is_found_by_email_phone_user_name_and_uid(self):
        person, profile = self.created_by_back_end()
        for way, (find, _) in self.finders().items():
            with self.subTest(way):
                found = self.accepted(find(person, profile["Uid"]))
                self.assertEqual(found["Uid"], profile["Uid"])
                self.assertEqual(found["PhoneId"], person.phone)

    def test_is_found_only_when_there_is_one(self):
        for way, (find, code) in self.finders().items():
            with self.subTest(way):
                self.refused(find(Person(), str(uuid.uuid4())), code)

    def test_is_updated_and_a_null_erases_only_with_null_support(self):
        _, profile = self.created_by_back_end()
        update = self.sdk.account.update_account_by_uid

        renamed = self.accepted(update({"FirstName": "Anne", "LastName": None}, profile["Uid"]))
        self.assertEqual(renamed["FirstName"], "Anne")
        self.assertEqual(renamed["LastName"], "Marlow")

        shortened = self.accepted(update({"LastName": None}, profile["Uid"], null_support=True))
        self.assertIsNone(shortened["LastName"])
        read = self.accepted(self.sdk.account.get_account_profile_by_uid(profile["Uid"]))
        self.assertEqual(read["FirstName"], "Anne")
        self.assertIsNone(read["LastName"])

    def test_is_gone_when_it_was_deleted_with_its_sessions_and_its_names_are_free(self):
        account = self.sdk.account
        ways = {
            "uid": lambda _, uid: account.delete_account_by_uid(uid),
            "email": lambda person, _: account.account_delete_by_email(person.email),
        }
        for way, erase in ways.items():
            with self.subTest(way):
                person, profile = self.created_by_back_end()
                session = self.accepted(self.login_by_email(person))

                deleted = self.accepted(erase(person, profile["Uid"]))
                self.assertIs(deleted["IsDeleted"], True)
                self.assertEqual(deleted["RecordsDeleted"], 1)

                self.refused(account.get_account_profile_by_uid(profile["Uid"]), 984)
                self.refused(self.login_by_email(person), 966)
                token = session["access_token"]
                self.refused(self.sdk.authentication.get_profile_by_access_token(token), 905)
                again = account.create_account(
                    {
                        "Email": [{"Type": "Primary", "Value": person.email}],
                        "PhoneId": person.phone,
                        "UserName": person.user_name,
                        "Password": person.password,
                    }
                )
                self.assertNotEqual(self.accepted(again)["Uid"], profile["Uid"])


class AWrongSecret(Journey):
    def test_opens_nothing(self):
        person, profile = self.created_by_back_end()
        stranger = client_with(api_secret=str(uuid.uuid4()))

        self.refused(stranger.account.get_account_profile_by_uid(profile["Uid"]), 902)
        self.refused(stranger.account.account_delete_by_email(person.email), 902)
        self.refused(stranger.sott.generate_sott(10), 902)
        found = self.accepted(self.sdk.account.get_account_profile_by_uid(profile["Uid"]))
        self.assertEqual(found["Uid"], profile["Uid"])
