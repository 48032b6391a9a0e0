/// Keys that were made for these tests and are used nowhere else.
enum PEMSamples {
    static let ecSEC1 = """
        -----BEGIN EC PARAMETERS-----
        BggqhkjOPQMBBw==
        -----END EC PARAMETERS-----
        -----BEGIN EC PRIVATE KEY-----
        MHcCAQEEIFxLArdzm7zQWwZoXAUtJyll5TEEO01l9DjYZTvcrgwtoAoGCCqGSM49
        AwEHoUQDQgAExHT4Qdo5Y3+gI1qKLLtuyvrsDdBRHwVCPvIo8cCAbS5AhIjrTBaF
        yyavNTRPAi6riaVBH0sc702VNIorzR1Uog==
        -----END EC PRIVATE KEY-----
        """

    static let ecPKCS8 = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgXEsCt3ObvNBbBmhc
        BS0nKWXlMQQ7TWX0ONhlO9yuDC2hRANCAATEdPhB2jljf6AjWoosu27K+uwN0FEf
        BUI+8ijxwIBtLkCEiOtMFoXLJq81NE8CLquJpUEfSxzvTZU0iivNHVSi
        -----END PRIVATE KEY-----
        """

    static let ecPublic = """
        -----BEGIN PUBLIC KEY-----
        MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAExHT4Qdo5Y3+gI1qKLLtuyvrsDdBR
        HwVCPvIo8cCAbS5AhIjrTBaFyyavNTRPAi6riaVBH0sc702VNIorzR1Uog==
        -----END PUBLIC KEY-----
        """

    static let ecCompressed = """
        -----BEGIN PUBLIC KEY-----
        MDkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDIgACxHT4Qdo5Y3+gI1qKLLtuyvrsDdBR
        HwVCPvIo8cCAbS4=
        -----END PUBLIC KEY-----
        """

    static let ecCertificate = """
        -----BEGIN CERTIFICATE-----
        MIIBdDCCARmgAwIBAgIURyKK4utD45E72ns0yPak9LLjBmkwCgYIKoZIzj0EAwIw
        DzENMAsGA1UEAwwEdGVzdDAeFw0yNjExMjIwMzI4NTVaFw0zNjExMTkwMzI4NTVa
        MA8xDTALBgNVBAMMBHRlc3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATEdPhB
        2jljf6AjWoosu27K+uwN0FEfBUI+8ijxwIBtLkCEiOtMFoXLJq81NE8CLquJpUEf
        SxzvTZU0iivNHVSio1MwUTAdBgNVHQ4EFgQUWhU+RT351AHsZyGhS5pR0EwI/WQw
        HwYDVR0jBBgwFoAUWhU+RT351AHsZyGhS5pR0EwI/WQwDwYDVR0TAQH/BAUwAwEB
        /zAKBggqhkjOPQQDAgNJADBGAiEAnhcMB5dKwRBBt+Ov5FVF2VDxu/v9FY3G8Chq
        VGcukFQCIQDbRKWKmGUDG32o0TRRC994p0lwtjAlfrbbZyCKQvh21A==
        -----END CERTIFICATE-----
        """

    static let ecEncrypted = """
        -----BEGIN ENCRYPTED PRIVATE KEY-----
        MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAhPCWwfuu8MnwICCAAw
        DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEIXDlgdrZ9ImC64oG/uu/fUEgZBT
        QR+Ma3MfEESC6VXAZbP18q1zjkioa4z1twJu7GbAR/evw/DDYhaL7suQqkY1Yz4e
        NgPqSN468y6AKFfFEQTssZ8ZIpeQkuV+FPxSyXiYNB6K/tCNn8WVJzV13o748WPx
        pOaS+pnSMtagZhfN/k8wNG9W6vGON4itwOBfvGucO5gbJl6yuZj56VTh5xFiESc=
        -----END ENCRYPTED PRIVATE KEY-----
        """

    static let rsaPublic = """
        -----BEGIN PUBLIC KEY-----
        MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAsapej2xoJ0rwjbaND1ae
        RsTXDhmbelaBurI+DL/yYDjBzDEvbd/mczO1i9jqZ/HAC6pjeNv6vGAOrqDgfR/O
        iyjY89MYPpx6FHd2SS9BzpZfRfdLExf4YO8d4hxrSrPkDddpXmzauTqllQHJgvDk
        p7RMFcVthTLk2d3mU08rVeRlF+ZXCcIFgm+4O2381VYU4R29zJjIzhtuN+YrfmHx
        qZKUWS5xy5+zTsk7fK5OzZD4+ncVoRl4hZsDi8k+pchiJS+ruJ2FR5nZfxzCkzwg
        RGdoII8Euu/PM35bk7KPB4R6tJNg3Ji1YWQBGJ3Iw+esj6MwaG6YponYg2aXYzsH
        WwIDAQAB
        -----END PUBLIC KEY-----
        """

    static let rsaPKCS1 = """
        -----BEGIN RSA PUBLIC KEY-----
        MIIBCgKCAQEAsapej2xoJ0rwjbaND1aeRsTXDhmbelaBurI+DL/yYDjBzDEvbd/m
        czO1i9jqZ/HAC6pjeNv6vGAOrqDgfR/OiyjY89MYPpx6FHd2SS9BzpZfRfdLExf4
        YO8d4hxrSrPkDddpXmzauTqllQHJgvDkp7RMFcVthTLk2d3mU08rVeRlF+ZXCcIF
        gm+4O2381VYU4R29zJjIzhtuN+YrfmHxqZKUWS5xy5+zTsk7fK5OzZD4+ncVoRl4
        hZsDi8k+pchiJS+ruJ2FR5nZfxzCkzwgRGdoII8Euu/PM35bk7KPB4R6tJNg3Ji1
        YWQBGJ3Iw+esj6MwaG6YponYg2aXYzsHWwIDAQAB
        -----END RSA PUBLIC KEY-----
        """

    static let rsa1024 = """
        -----BEGIN PUBLIC KEY-----
        MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQC6NJuvfXf1iIx9CtOIS6HXBzkW
        EnOALxTqf8kwe1XNtZpc5nMCsO9tgOSOyCO2wpY7wDIaPo8NUZh2XejATPrNIrHl
        QAKNsOmL9/rFOOkFrPjF68zuAG1b/lKdlmELtbibfEnrNMM+Hcmy6900b0N6ia+0
        cEmjWy17KmVRncm7CwIDAQAB
        -----END PUBLIC KEY-----
        """

    static let edPrivate = """
        -----BEGIN PRIVATE KEY-----
        MC4CAQAwBQYDK2VwBCIEIN6LdC/sNhKHoINHaZ6OEIP8tkYttp7TjXaR8S06ev0u
        -----END PRIVATE KEY-----
        """

    static let edPublic = """
        -----BEGIN PUBLIC KEY-----
        MCowBQYDK2VwAyEA85kyzeHroTjuseNhOKQ5tGnVhYdABiPRLZV6z38eps4=
        -----END PUBLIC KEY-----
        """

    static let xPublic = """
        -----BEGIN PUBLIC KEY-----
        MCowBQYDK2VuAyEAS2kGFIb+4E/k5pG0PQBXH8pI8bjEvj8PKegkQAjMHGk=
        -----END PUBLIC KEY-----
        """

    static let explicitCurve = """
        -----BEGIN PUBLIC KEY-----
        MIIBSzCCAQMGByqGSM49AgEwgfcCAQEwLAYHKoZIzj0BAQIhAP////8AAAABAAAA
        AAAAAAAAAAAA////////////////MFsEIP////8AAAABAAAAAAAAAAAAAAAA////
        ///////////8BCBaxjXYqjqT57PrvVV2mIa8ZR0GsMxTsPY7zjw+J9JgSwMVAMSd
        NgiG5wSTamZ44ROdJreBn36QBEEEaxfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5
        RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9QIhAP////8AAAAA
        //////////+85vqtpxeehPO5ysL8YyVRAgEBA0IABLgP+jAFiHJ29PwssF0E8oPU
        OmRaaBl7vCKmpogdNTGYVdIK3kZVZbuMJiNZKPfWCXWIvGYxFFeOTnsXSyzda7o=
        -----END PUBLIC KEY-----
        """

    static let rsaPSS = """
        -----BEGIN PUBLIC KEY-----
        MIIBIDALBgkqhkiG9w0BAQoDggEPADCCAQoCggEBALYABEU+KKc7WPLtMNC82+JI
        GqfbHHK7lBtq2e63J9/+zv6PRwV1ptI+wQHI1S0ndvohAIUIQ4T8m7DRBJS3q49b
        rIPblxlPXrj/8aoK7Tlmx+GO7T9PUyp4ydKEHhiCfPkcHBULbRA1jDk2mwkpJ1Lw
        NfkYbI38YO9ybbXzj/2Wg0b9eGcVWFqlMTnZpYDzAaI9ZGtwWsDbaB+A48e/QGTo
        QDFn6dhzgdV3LrAMeKtoOjmn1CKGctb3HIy5Ed/RJgWrMDDZZgMFLT6xYTAOCy8z
        JMN94ckmc6D7xjHN30WWfv/VrCsNwq/2KjLUm/LbNUIQR6VD+saUn+5qcOqN+OcC
        AwEAAQ==
        -----END PUBLIC KEY-----
        """
}
