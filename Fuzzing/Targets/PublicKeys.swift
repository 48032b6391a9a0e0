/// Public keys whose private halves are gone, and one token of each: nothing else can have a good signature.
enum PublicKeys {
    static let jwks = octets(
        #"""
        {"keys":[{"kid":"rs256","use":"sig","alg":"RS256","kty":"RSA","n":"zRjnigkuLvK9cKKy0xgGmC56InheR
        DMzdiphL_pHJoWikEmBt-wnL-O0NsPjX7S3DT-waF50-AsrELwSjwhS-VSOL7nyQsMI1LrPFiREDNUvh4QpsxKXGg6Ati2Pe
        DSbuafkaH-7_551SGmhj9v8ORUmJzin6GLq1inIObwhe-uXKNl3cnOkVVwBV4Vg7MQurri6uHHv1JuTodnTNMQhkqPFYIUKl
        Ik-5rohSxkqCoRQpddjl7HNNBrwG1-tOyELLbN5bvOTzYM_0nrrsU896c9ZdBCqnxNo6FU2ffV8Y7mDaWX9oo0DjddF1LKEP
        0it5_SQ0rOPRAaOC19eGAIucQ","e":"AQAB"},{"kid":"ps256","use":"sig","alg":"PS256","kty":"RSA","n":
        "o2kdELsq_VE4-2gtdNpCtG3zqth3mDYqolFw0rk768X4G2CbfFeRVVcK3Q6ODk6YOW0LEdP1nFBECBU-Xx0ffMLto4h5baB
        rhffFnLOjz-BoPIito9xvJSRWQnNl76CfKUw6cfLfgwHpVVcbRxhkU-6KoFUk-i3lGcpCZyqemRIikDZZnB2nTvvbHy7A-yf
        I_MSifQZTM15QQsHo1e0-TmZlV9ZAmvJR4-WeByS4XFZUnCOKdn5RIGJAm2HlhTta4R3ETBU8ViEbjO7OOHEWMDULwIacbi7
        orVnV4U01wrSvlYnQ9zXywF0cP8rHSOBI-YzbLrPFRpcj9VvUEk6HAQ","e":"AQAB"},{"kid":"es256","use":"sig",
        "alg":"ES256","kty":"EC","crv":"P-256","x":"eIBSImRq-yeSoHqovUjszeaVUb91mLSS1BWq1UJkiNk","y":"O5
        s4VJpX1Vj4UTp8et4Yd9_mObswKiF8EL02cLbxoyQ"},{"kid":"es384","use":"sig","alg":"ES384","kty":"EC",
        "crv":"P-384","x":"q0kvrEoHZSuGTHmXoyweUfTixbLRQfqzpiOEf7Q47CW_2QsvYlKA5QzLNo_MNpYW","y":"FaG8TW
        s1P82UAxuRSBUf6iIgyqzKfRdn7Ye_tsJ9CEG5D6bSOkmIG1kWq1trotM4"},{"kid":"es512","use":"sig","alg":"E
        S512","kty":"EC","crv":"P-521","x":"AKq8Xt1FowDp70RI-oUlYFCmh6ddHVwkt6wlKcnMloM_rPu24TRIxxc_x5aE
        mWgKgQpWdjH09sGlv3rKuI6s2EPd","y":"AHpCYSKwU-9NG7ACWdYkiDvCGqvpmmMY6jYa63adSFSVXeMNh7Sck2L3j7uOE
        K9H5kVKavgKSM39KENF2SXCnpfU"},{"kid":"es256k","use":"sig","alg":"ES256K","kty":"EC","crv":"secp2
        56k1","x":"BhaHOwjXzyYtbOzm57IoDZrBsgSYq7riiq1OrRdEwAk","y":"QMq8fqgeRVPAKa7TLhxOmAUauvN_IG6NdTM
        Tmivl0EE"},{"kid":"ed25519","use":"sig","alg":"Ed25519","kty":"OKP","crv":"Ed25519","x":"XuFxBFM
        NTVjGjQ-d9Yc4MpLErOSnjoQwgSeThyCT7u0"},{"kid":"ed448","use":"sig","alg":"Ed448","kty":"OKP","crv
        ":"Ed448","x":"DqBmiFoX6iC9rSrj5yR8Svf1roZFbw90vHv2H_gXIEHxmu4MZQWcVYHeOjpoNW4EHYaJBZdCkOKA"}]}
        """#)

    static let tokens: Set<[UInt8]> = Set(
        [
            """
            eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6InJzMjU2In0.eyJpYXQiOjE3NTk5OTk5OTAsImV4cCI6NDEwMjQ0
            NDgwMCwic3ViIjoiZnV6eiIsImlzcyI6Imh0dHBzOi8vaXNzdWVyLmV4YW1wbGUiLCJhdWQiOiJhcGkiLCJ0ZW5hbnQiOiJ0
            MSIsInNjb3BlIjoicmVhZCB3cml0ZSJ9.SEe9HwOLOJU8R1duGcvjxHjHH-FbQaKBZ-ZaTt3tWyg-lWsOdVJzY5lnS99IoZY
            bU90DEtT-vOAwxGzH_g_9qTC5YlrcH5pvWLzCqUnJLeJ3p6Ivve0m0PiE3ZhFgqi11jqH4o3MG9RmV_1U0JnZHafvX8f0dBK
            uPhQQYpZ43ImFOJ6HphNeg-4mRaJQa6XYVf-7NOWIELMVvx_cu3lnJ6sUVFss5qsUMLwEdqsZFTwPEbezTlnNwKLhRL8ThUG
            6kNc6Jws7kp5-e2j-J713ZoM5IQKcOjnBXQ9UslRO1K_3-qmwAm-P0ytHtjXjsXKYDDjZE8dgoQQdfEOHGCTNyQ
            """,
            """
            eyJhbGciOiJQUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6InBzMjU2In0.eyJpYXQiOjE3NTk5OTk5OTAsImV4cCI6NDEwMjQ0
            NDgwMCwic3ViIjoiZnV6eiIsImlzcyI6Imh0dHBzOi8vaXNzdWVyLmV4YW1wbGUiLCJhdWQiOiJhcGkiLCJ0ZW5hbnQiOiJ0
            MSIsInNjb3BlIjoicmVhZCB3cml0ZSJ9.IjTLKT5-X0vrUPtGY3C4lozcIx6EWNMKOjLE9Y_3j5PdaxLs9AMpmVHtR09fWy1
            4FgYgHuvqeI9kMooPj_sNhce28P9ww6T3EI7Ej2cSbqMKNn2aZD1ExnWF7PTtGkhAtu1OWwel8UB3o8KC8DiNcl_c11YhDdH
            _uE2RwXn2NUEpw8dpGqw4i4-cwadlP22OZt-Mogf_E10NwUj51hb31doC5oEfa5J0E6f-IJQQPSFhDxM3L_kTeu4-2qAQfvV
            J8Xtl3-AT65ru-4k3Pfbjck5rzSPhxmeEBGmH-LcABjqxKXm8j7ppaZb5SJlazj0uO0fa6lYyvq2l_EyVQF_rJQ
            """,
            """
            eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6ImVzMjU2In0.eyJpYXQiOjE3NTk5OTk5OTAsImV4cCI6NDEwMjQ0
            NDgwMCwic3ViIjoiZnV6eiIsImlzcyI6Imh0dHBzOi8vaXNzdWVyLmV4YW1wbGUiLCJhdWQiOiJhcGkiLCJ0ZW5hbnQiOiJ0
            MSIsInNjb3BlIjoicmVhZCB3cml0ZSJ9.KXXRPhDyBYfnQCLjBfxLQzlVbmIho7bPLFjVfMehrQO4fEhEjSSdS3jdR-7pNHU
            -rJBSkAITgR5mQi3lHVANbA
            """,
            """
            eyJhbGciOiJFUzM4NCIsInR5cCI6IkpXVCIsImtpZCI6ImVzMzg0In0.eyJpYXQiOjE3NTk5OTk5OTAsImV4cCI6NDEwMjQ0
            NDgwMCwic3ViIjoiZnV6eiIsImlzcyI6Imh0dHBzOi8vaXNzdWVyLmV4YW1wbGUiLCJhdWQiOiJhcGkiLCJ0ZW5hbnQiOiJ0
            MSIsInNjb3BlIjoicmVhZCB3cml0ZSJ9.ZmHbXU14UG1ZQKcXj2_3KsfhYCUDBaCCXAl_gYq6Lze9aF9bvvt9EKhCOHKzdeI
            XZTf53QyH-MsNZnXFUesJwryr6ti2EFKQ-sIckRi-AGcxWdzEJQu0o56Viyhg6ZbE
            """,
            """
            eyJhbGciOiJFUzUxMiIsInR5cCI6IkpXVCIsImtpZCI6ImVzNTEyIn0.eyJpYXQiOjE3NTk5OTk5OTAsImV4cCI6NDEwMjQ0
            NDgwMCwic3ViIjoiZnV6eiIsImlzcyI6Imh0dHBzOi8vaXNzdWVyLmV4YW1wbGUiLCJhdWQiOiJhcGkiLCJ0ZW5hbnQiOiJ0
            MSIsInNjb3BlIjoicmVhZCB3cml0ZSJ9.AQBXXV77IqI207EOgx7_nsOgmKaErlxWMG78I83nq6uV4XqQX0O475UWt4E1I5M
            DSHYMjb8uKY0RNdikUsRX0vTPAZvhU1WFqezvx6ZOaGJQZpYnQOHqfo_dy8iZ9K3AwmmMjSxWK6PfOCFvCm7bb0ONkLNubY1
            exKHSVkhu0MjlJnCL
            """,
            """
            eyJhbGciOiJFUzI1NksiLCJ0eXAiOiJKV1QiLCJraWQiOiJlczI1NmsifQ.eyJpYXQiOjE3NTk5OTk5OTAsImV4cCI6NDEwM
            jQ0NDgwMCwic3ViIjoiZnV6eiIsImlzcyI6Imh0dHBzOi8vaXNzdWVyLmV4YW1wbGUiLCJhdWQiOiJhcGkiLCJ0ZW5hbnQiO
            iJ0MSIsInNjb3BlIjoicmVhZCB3cml0ZSJ9.euwNrpysaPYvDYoqIwlWU4NR4bsUsQr26rDctTrDvELB0zjN_ne9_CQ3HHKJ
            Mxda4q0dApvAMPrjXVkdfYI2Lw
            """,
            """
            eyJhbGciOiJFZDI1NTE5IiwidHlwIjoiSldUIiwia2lkIjoiZWQyNTUxOSJ9.eyJpYXQiOjE3NTk5OTk5OTAsImV4cCI6NDE
            wMjQ0NDgwMCwic3ViIjoiZnV6eiIsImlzcyI6Imh0dHBzOi8vaXNzdWVyLmV4YW1wbGUiLCJhdWQiOiJhcGkiLCJ0ZW5hbnQ
            iOiJ0MSIsInNjb3BlIjoicmVhZCB3cml0ZSJ9._UMReALCYYrSNMsKfR4gOBrSTlSFFd-YcOKDeHlE6C4uz8Lf8TK_QNq9J9
            CGUOYB53kslRMusj60cZd4jfnIAw
            """,
            """
            eyJhbGciOiJFZDQ0OCIsInR5cCI6IkpXVCIsImtpZCI6ImVkNDQ4In0.eyJpYXQiOjE3NTk5OTk5OTAsImV4cCI6NDEwMjQ0
            NDgwMCwic3ViIjoiZnV6eiIsImlzcyI6Imh0dHBzOi8vaXNzdWVyLmV4YW1wbGUiLCJhdWQiOiJhcGkiLCJ0ZW5hbnQiOiJ0
            MSIsInNjb3BlIjoicmVhZCB3cml0ZSJ9.-itJQIAseFpjoAabHmSTbzssgyYNjLBJo5VyP_MqUDW3w5251UXFDhlNpyGrjc1
            UheWmPYbh0DcAivnnmifCw2i44Tb4qtKc5MUVTCJSEbWSY40Q5bMRWKf7FIO9VRIcxWiMzlIqeEF-gMZ1ZsS8-z8A
            """,
        ].map(octets))

    /// Long texts stand on several lines here.
    private static func octets(_ text: String) -> [UInt8] { text.utf8.filter { $0 != 0x0A } }
}
