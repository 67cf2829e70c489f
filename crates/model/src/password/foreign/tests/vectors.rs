//! Hashes of one password, made by other implementations: passlib, bcrypt, argon2-cffi and Python's hashlib.

/// What all of them are made of.
pub(super) const PASSWORD: &str = "naïve tulip 58";

/// Hashes that say how they were made.
pub(super) const NATIVE: &[(&str, &str)] = &[
    ("argon2d", "$argon2d$v=19$m=256,t=2,p=2$c29tZXNhbHQxMjM0NTY3OA$khmT56vtM90rSLMZ+V1HqG96UBn+4lUu9bm4qQwsDW8"),
    ("argon2i", "$argon2i$v=19$m=256,t=2,p=2$c29tZXNhbHQxMjM0NTY3OA$hfDtbTD1kUPbo/Sa5ngSdpn2G0jlTxpHtVzbH+TUKoc"),
    ("argon2id", "$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQxMjM0NTY3OA$Aiv36/tCfXYrH/gjGZ++2uGFe2aQIm64slh+lXQnu5g"),
    ("argon2i, first version", "$argon2i$v=16$m=64,t=1,p=1$c29tZXNhbHQxMjM0NTY3OA$NFf8xq96JmYh7Gewd1EkZK4nL+k34IDe"),
    ("bcrypt 2a", "$2a$04$abcdefghijklmnopqrstuudCQOc9v9HZOPJ8BrM8ZHlnGXUrWnZFK"),
    ("bcrypt 2b", "$2b$04$abcdefghijklmnopqrstuudCQOc9v9HZOPJ8BrM8ZHlnGXUrWnZFK"),
    ("bcrypt 2y", "$2y$04$abcdefghijklmnopqrstuudCQOc9v9HZOPJ8BrM8ZHlnGXUrWnZFK"),
    ("bcrypt of Django", "bcrypt$$2b$04$abcdefghijklmnopqrstuudCQOc9v9HZOPJ8BrM8ZHlnGXUrWnZFK"),
    ("bcrypt_sha256 of Django", "bcrypt_sha256$$2b$04$abcdefghijklmnopqrstuuccpYghGrJk4k83VDiJeqYG4H91rSu0S"),
    ("bcrypt of WordPress", "$wp$2y$04$abcdefghijklmnopqrstuuy7MM.LUC2gmfN7fe6IUbLuj2KVTUXgS"),
    ("scrypt", "$scrypt$ln=4,r=8,p=1$c29tZXNhbHQ$K+jkh1vDP9sAC9swMUmoV/vi+Vl2ekydEHLtgmDImrY"),
    (
        "scrypt of Django",
        "scrypt$16$saltsalt$8$1$kQmjBG4WfFJxnyXRrcrLj7uvSnwEbT5wPwfhR9huw5/wVLBIrpm/wuZewvtuNeRuGMNNfEMEI7PV+4+83jQEOw==",
    ),
    (
        "scrypt of Werkzeug",
        "scrypt:32:8:1$saltsalt$eae03552422eaa2ae9bc8d6c922d2092f8c183fe9816513df41671577ece51ba4171dd6de70fce73d88a040acc9e348697ba902587e8a9fc586f4a3a14f7d55a",
    ),
    ("pbkdf2 sha1", "$pbkdf2$3$c2FsdHNhbHRzYQ$HvEf7gk7llgTCqh1Sg9eFR37Leg"),
    ("pbkdf2 sha256", "$pbkdf2-sha256$3$c2FsdHNhbHRzYQ$wPYzD1yIY9TJ/pPw6S6AxHWvT0lHibKadw7YgaMQGjw"),
    (
        "pbkdf2 sha512",
        "$pbkdf2-sha512$3$c2FsdHNhbHRzYQ$1Y9K8hKm3zuERnRvgLobUG7DL7vYHWoHWtYhdGbH2cg0M.lt/M4CxaYxJy37f8cM4E74Xm1i/aU4nGNLW/22rA",
    ),
    ("pbkdf2 as PHC", "$pbkdf2-sha256$i=5,l=32$c2FsdHNhbHQ$V4JFBJblkmNmF17F+EW2SD/hbcIbImsOH6yQXz4qfms"),
    ("pbkdf2 of Django", "pbkdf2_sha256$3$saltsalt$a2vJ1CIaMCjau1nTJVCODSnaekooa2/GrXuhz8QV6N8="),
    ("pbkdf2_sha1 of Django", "pbkdf2_sha1$3$saltsalt$EaQ6GBkAAF5715cFwXnNCn1Y2Sc="),
    ("pbkdf2 of Werkzeug", "pbkdf2:sha256:7$saltsalt$293bf2e03f949c1e245d330fc68d87f03c418b68f2b3f3229ffa087679692a98"),
    ("Rfc2898", "Rfc2898DeriveBytes$1000$AAECAwQFBgcICQoLDA0ODw==$N00GNa4jr8RxdFFakIa/GPsV73F9ov/00aJdp3sjgog="),
    (
        "Rfc2898 sha512",
        "Rfc2898DeriveBytes$10$AAECAwQFBgcICQoLDA0ODw==$jHK/BlF1+ke/1V1nJeiVJUhBSSJabieHftAnPB9gWQK8rgx0mdDClxCd3b7AJF8/Sq0gU6FqOmVCvz3SIKoDiQ==",
    ),
    (
        "Rfc2898 second salt first",
        "Rfc2898DeriveBytes$10$AAECAwQFBgcICQoLDA0ODw==$VHK6vylt9SpeY+9/BHtNsh48nW6Xywwvv4txqdF1gKM=:Ba4z",
    ),
    (
        "Rfc2898 second salt last",
        "Rfc2898DeriveBytes$10$AAECAwQFBgcICQoLDA0ODw==$UAfbTylx5jep3nE2gLQFLsbL3dYiHRwY8oBzG2fBv9Q=:Ba4z",
    ),
    ("phpass", "$P$5saltsalt.AH9C7oHBLFsSL2cT8jEj0"),
    ("phpass of phpBB", "$H$5saltsalt.AH9C7oHBLFsSL2cT8jEj0"),
    ("Drupal 7", "$S$5saltsaltBcd0HFs88fzdd5jJiymkR1z3G6DD2ZgR7nKryqBu.6j"),
    ("md5-crypt", "$1$saltsalt$VhBchccaFrsl.uaONHiuc/"),
    ("md5-crypt of Apache", "$apr1$salt$OP3sEpizbInFz7YqcimLW."),
    ("sha256-crypt", "$5$rounds=1000$saltsalt$8stDO2JHqKDaWa3KACceJpg/Io2VHdPteNP11XxLmt0"),
    (
        "sha512-crypt",
        "$6$rounds=1000$saltsaltsaltsalt$rHkHYaIvm6HEPtj.QnbRVx9EXo6C0/6fKIkGpHi5aGgfvj2XlrE6gdaK2LORXQlNxJ649/.PwHWVxRgaY0i5n.",
    ),
    (
        "sha512-crypt, usual rounds",
        "$6$saltsalt$zagn//jSadTVvmf/o7dqOuXniz5DeqfDOKC6TDQR7hMZShzfvU9MWnBu5avsi0HXNlqn0Ol7fhNbtzTbaEbla.",
    ),
    ("NT", "$3$$075f0cda117508d389f925aa9f9b6838"),
    ("NT named", "{NT}075F0CDA117508D389F925AA9F9B6838"),
    ("md5 of Django", "md5$saltsalt$36d4e7ae116466b1514d95a7f2068cab"),
    ("sha1 of Django", "sha1$saltsalt$36a68113943ef99810c9f3108296c470de5f5b9d"),
    ("{SHA}", "{SHA}3V/m86Vck7y6Ayo0AhpNUXpqWlA="),
    ("{SSHA}", "{SSHA}sBgREAJjpz3Y7kTBb8C41XwrGDtzYWx0c2FsdA=="),
    ("{SMD5}", "{SMD5}FQMGKe2oARU4GKFH9XXvH3NhbHRzYWx0"),
    ("{MD5}", "{MD5}xc5Kc2wtgDVbafV3AorwbA=="),
    ("{SSHA256}", "{SSHA256}0iZr+QKJcG6EK3sU/f6atI8IxcnEm4+9UYgnlZa2FrZzYWx0c2FsdA=="),
    (
        "{SSHA512}",
        "{SSHA512}XKGr/Tkh129HG4QQVL17O+4T8h8jtGhOfF/usoYVi3VvFcnuzfcacgNrgdcjF4i5233F/El6aZi6aZP+8H5C5XNhbHRzYWx0",
    ),
    ("{SHA256}", "{SHA256}fquw2bgbYgdmbqdFvatoaI4TWd2r9eyxKE9Jqzh3zWI="),
    ("{CRYPT}", "{CRYPT}$5$rounds=1000$saltsalt$8stDO2JHqKDaWa3KACceJpg/Io2VHdPteNP11XxLmt0"),
    ("{PBKDF2-SHA256}", "{PBKDF2-SHA256}3$c2FsdHNhbHRzYQ$wPYzD1yIY9TJ/pPw6S6AxHWvT0lHibKadw7YgaMQGjw"),
    ("{PBKDF2}", "{PBKDF2}3$c2FsdHNhbHRzYQ$HvEf7gk7llgTCqh1Sg9eFR37Leg"),
];

/// Hashes that need a recipe: name, `PasswordEncryption`, hash, salt beside it.
pub(super) const BY_RECIPE: &[(&str, &str, &str, Option<&str>)] = &[
    ("MD5 alone", r#"{"Type": "MD5"}"#, "c5ce4a736c2d80355b69f577028af06c", None),
    (
        "SHA1, salt of all last",
        r#"{"Type": "SHA1", "Salt": "pepper", "SaltAttachType": "Append"}"#,
        "0d83ec39f9d2528efc3328e6f2d5e139c5a64e2d",
        None,
    ),
    (
        "SHA256, salt of each first",
        r#"{"Type": "SHA256", "IsPerPasswordSalt": true, "SaltAttachType": "Prepend"}"#,
        "7ddb3b278b46c7adb9ba6034e8e2938c339abe7979ad17f0bb30923d5d3976ec:abc",
        None,
    ),
    (
        "SHA512 in base64, salt in hexadecimal beside it",
        r#"{"Type": "SHA512", "SaltAttachType": "Append", "PasswordHashEncodingType": "Base64", "PasswordSaltEncodingType": "HexaDecimal"}"#,
        "Un6hG4ICCAUfSIe/ba1iDTbgmHoOxHFTxdz25gfXIecfuF8VlAHcLhrdNqvzJXypu/L/EPAmVrAe9rPbcITlHw==",
        Some("616263"),
    ),
    (
        "SHA1 with hyphens",
        r#"{"Type": "SHA1", "PasswordHashEncodingType": "BitConverter"}"#,
        "DD-5F-E6-F3-A5-5C-93-BC-BA-03-2A-34-02-1A-4D-51-7A-6A-5A-50",
        None,
    ),
    (
        "SHA256 with a pattern",
        r#"{"Type": "SHA256", "SaltPattern": "--{salt}--{password}--"}"#,
        "161c949692e938571ca8fcb67b875bc783475030521ecccb80a69daebd088454",
        Some("abc"),
    ),
    (
        "HMAC_MD5",
        r#"{"Type": "HMAC_MD5"}"#,
        "15352e7ab4afac7c435c5c3b15539986",
        Some("kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk"),
    ),
    (
        "HMAC_SHA1 with the salt in the text too",
        r#"{"Type": "HMAC_SHA1", "Salt": "SecureSalt", "SaltPattern": "{password}--{salt}"}"#,
        "1004eb51f1ae44f081dfc62b78e67ceb24843e12",
        None,
    ),
    (
        "HMAC_SHA256",
        r#"{"Type": "HMAC_SHA256", "IsPerPasswordSalt": true}"#,
        "058c76a7b01690d78e89c53ecbc2b0457a0a5f8e758e1a5da267304dd01564e6:abc",
        None,
    ),
    (
        "PBKDF2 with its salt behind it",
        r#"{"Type": "PBKDF2", "IsPerPasswordSalt": true, "NumberOfIteration": 10}"#,
        "OEjAf8wZdr2bzkxbPPR+CQn7Hq3t7kOzyFbp4gDb+SQ=:abcd",
        None,
    ),
    (
        "PBKDF2 with a digest",
        r#"{"Type": "PBKDF2", "NumberOfIteration": 10, "Digest": "SHA-512", "PasswordSaltEncodingType": "Base64"}"#,
        "15457c30e0e98eea3d3c359568741f795c01f6dd9ad355c95540bfb25b001c220338079c1cc1b6a1b29417ab23f0f388f0f214a988a4db4a15a6c344f893ff74",
        Some("YWJjZA=="),
    ),
    (
        "PBKDF2 of ASP.NET Identity 2",
        r#"{"Type": "PBKDF2", "PasswordHasherVersion": "V2"}"#,
        "AAABAgMEBQYHCAkKCwwNDg83TQY1riOvxHF0UVqQhr8Y+xXvcX2i//TRol2neyOCiA==",
        None,
    ),
    (
        "PBKDF2 of ASP.NET Identity 3",
        r#"{"Type": "PBKDF2", "PasswordHasherVersion": "V3"}"#,
        "AQAAAAIAAAAUAAAAEAABAgMEBQYHCAkKCwwNDg+9GvBwDpAH3X3M3JiTeHuYWYQKUkZjHARD04fWWNX35A==",
        None,
    ),
    (
        "ARGON2ID in parts",
        r#"{"Type": "ARGON2ID", "NumberOfIteration": 2, "PasswordHashMemory": 64, "PasswordHashThread": 2}"#,
        "dnjtRGYmPu1WGH2tH/Z9KxHewXBWmvUGtInIxmBk1Ew=",
        Some("saltsalt"),
    ),
    (
        "SCRYPT in parts",
        r#"{"Type": "SCRYPT", "NumberOfIteration": 32, "BlockSize": 8}"#,
        "eae03552422eaa2ae9bc8d6c922d2092f8c183fe9816513df41671577ece51ba4171dd6de70fce73d88a040acc9e348697ba902587e8a9fc586f4a3a14f7d55a",
        Some("saltsalt"),
    ),
    ("NT", r#"{"Type": "NT"}"#, "075f0cda117508d389f925aa9f9b6838", None),
    ("a text that says more than the recipe", r#"{"Type": "SHA1"}"#, "$P$5saltsalt.AH9C7oHBLFsSL2cT8jEj0", None),
];
