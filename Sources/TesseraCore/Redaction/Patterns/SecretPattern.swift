/// The closed catalogue of secrets that are known by their look or by what stands before them.
///
/// The raw value is the stable name that rules, reports and baselines use.
public enum SecretPattern: String, Sendable, Hashable, CaseIterable, Codable {
    /// What follows `Authorization:` or a scheme such as `Bearer`, `DPoP` and `Basic` (RFC 9110 §11.6.2).
    case authorization = "authorization"
    /// A JSON Web Token in compact form (RFC 7515 §3.1, RFC 7516 §3.1).
    case jwt = "jwt"
    /// The values of `Cookie` and `Set-Cookie` (RFC 6265 §4).
    case cookie = "cookie"
    /// The password, or the long user name alone, of a URL (RFC 3986 §3.2.1).
    case urlPassword = "url-password"
    /// The value of a query item such as `access_token`, `api_key`, `code` and `sig`.
    case queryItem = "query-item"
    /// The value that a name such as `password`, `client_secret` and `x-api-key` is given anywhere else.
    case namedValue = "named-value"
    /// A private key in PEM (RFC 7468 §10) or OpenPGP armour: its body.
    case privateKey = "private-key"
    /// GitHub: `ghp_`, `gho_`, `ghu_`, `ghs_`, `ghr_`, `github_pat_`.
    case githubToken = "github-token"
    /// GitLab: `glpat-` and its relatives.
    case gitlabToken = "gitlab-token"
    /// Slack: `xoxb-` and its relatives, `xapp-`.
    case slackToken = "slack-token"
    /// The path of a Slack webhook.
    case slackWebhook = "slack-webhook"
    /// Stripe: `sk_live_`, `rk_live_`, their test keys, `whsec_`.
    case stripeKey = "stripe-key"
    /// AWS: `AKIA` and `ASIA` identifiers.
    case awsAccessKeyID = "aws-access-key-id"
    /// AWS: a secret access key after its name.
    case awsSecretKey = "aws-secret-key"
    /// Google: `AIza`.
    case googleAPIKey = "google-api-key"
    /// Google: `ya29.`, `1//0`, `GOCSPX-`.
    case googleOAuth = "google-oauth"
    /// Azure: `AccountKey=`, `SharedAccessKey=`.
    case azureKey = "azure-key"
    /// npm: `npm_`.
    case npmToken = "npm-token"
    /// PyPI: `pypi-AgE`.
    case pypiToken = "pypi-token"
    /// Twilio: `SK` keys, and what stands after an account's `AC` identifier.
    case twilioKey = "twilio-key"
    /// SendGrid: `SG.`.
    case sendgridKey = "sendgrid-key"
    /// HashiCorp Vault and OpenBao: `hvs.`, `hvb.`, `hvr.`.
    case vaultToken = "vault-token"
    /// Anthropic: `sk-ant-`.
    case anthropicKey = "anthropic-key"
    /// OpenAI: `sk-proj-`, `sk-svcacct-`, `sk-admin-`.
    case openAIKey = "openai-key"
    /// Hugging Face: `hf_`.
    case huggingFaceToken = "hugging-face-token"
    /// DigitalOcean: `dop_v1_`, `doo_v1_`, `dor_v1_`.
    case digitalOceanToken = "digitalocean-token"
    /// The password of `curl -u user:password`, and the cookies of `curl -b`.
    case curlOption = "curl-option"
    /// The password of a machine in `.netrc`.
    case netrcPassword = "netrc-password"

    /// What the pattern finds, for people.
    public var title: String {
        switch self {
        case .authorization: "HTTP credential"
        case .jwt: "JSON Web Token"
        case .cookie: "cookie value"
        case .urlPassword: "password in a URL"
        case .queryItem: "secret in a query"
        case .namedValue: "value of a secret's name"
        case .privateKey: "private key"
        case .githubToken: "GitHub token"
        case .gitlabToken: "GitLab token"
        case .slackToken: "Slack token"
        case .slackWebhook: "Slack webhook"
        case .stripeKey: "Stripe key"
        case .awsAccessKeyID: "AWS access key ID"
        case .awsSecretKey: "AWS secret access key"
        case .googleAPIKey: "Google API key"
        case .googleOAuth: "Google OAuth token or client secret"
        case .azureKey: "Azure storage or service bus key"
        case .npmToken: "npm token"
        case .pypiToken: "PyPI token"
        case .twilioKey: "Twilio key"
        case .sendgridKey: "SendGrid key"
        case .vaultToken: "Vault token"
        case .anthropicKey: "Anthropic key"
        case .openAIKey: "OpenAI key"
        case .huggingFaceToken: "Hugging Face token"
        case .digitalOceanToken: "DigitalOcean token"
        case .curlOption: "credential in a curl command"
        case .netrcPassword: "password in .netrc"
        }
    }
}

extension Set<SecretPattern> {
    /// The whole catalogue.
    public static var all: Set<SecretPattern> { Set(SecretPattern.allCases) }

    /// Those that go by the secret's own look, whatever stands before it.
    public static var formats: Set<SecretPattern> {
        all.subtracting([
            .authorization, .cookie, .urlPassword, .queryItem, .namedValue, .curlOption, .netrcPassword,
        ])
    }
}
