#if OAuth
public import TesseraCore

extension OAuthClient {
    /// Tokens of a person who just logged in, kept in a store.
    ///
    /// Handing in tokens again that the store has, or had, of this login changes nothing: the store's are newer.
    ///
    /// - Parameters:
    ///   - tokens: What the login brought.
    ///   - subject: Who logged in: ``TokenSet/subject``, or a name of your own for them. Never shared between persons.
    ///   - store: Where the login is kept. With a ``TesseraCore/LeasingTokenStore`` any number of processes may share it;
    ///     a plain store is for one process at a time.
    ///   - keys: What it is encrypted with; nil for a random key, for stores that forget with the process.
    ///   - settings: The server's profile, scope and resource, and how tokens are held.
    /// - Throws: ``TesseraCore/TesseraError``; `storeUnsupported` when the store may forget a rotating refresh token.
    public func tokenSource(
        _ tokens: TokenSet, subject: String?, store: any TokenStore, keys: StoreKeys? = nil,
        settings: LoginSettings = LoginSettings()
    ) async throws -> LoginTokenSource {
        let login = try rotatingLogin(subject, store, keys, settings)
        try await login.begin(tokens, settings: settings, runtime: .current)
        return LoginTokenSource(login, client: self, settings: settings)
    }

    /// Tokens of a person whose login is in the store already.
    ///
    /// - Throws: ``TesseraCore/TesseraError`` with code `loginRequired` when there is none, or when it has ended.
    public func tokenSource(
        subject: String, store: any TokenStore, keys: StoreKeys? = nil, settings: LoginSettings = LoginSettings()
    ) async throws -> LoginTokenSource {
        let login = try rotatingLogin(subject, store, keys, settings)
        try await login.open(runtime: .current)
        return LoginTokenSource(login, client: self, settings: settings)
    }

    private func rotatingLogin(
        _ subject: String?, _ store: any TokenStore, _ keys: StoreKeys?, _ settings: LoginSettings
    ) throws -> RotatingLogin {
        guard let subject, !subject.isEmpty else {
            throw TesseraError(
                .misconfigured, "nobody is named whose tokens these are",
                remedy: "pass subject: as the ID token says, or a name of your own for the person")
        }
        guard store.durability == .durable || settings.allowsVolatileStore || settings.profile.rotation == .none else {
            throw TesseraError(
                .storeUnsupported, "the store forgets, and a rotating refresh token that is forgotten is a login lost",
                remedy: "use a durable store such as FileTokenStore, or set allowsVolatileStore")
        }
        guard let keys = keys ?? (store.durability == .volatile ? StoreKeys(.value(StoreKeys.generate())) : nil) else {
            throw TesseraError(
                .misconfigured, "a durable store needs a key to encrypt logins with",
                remedy: "pass keys: StoreKeys(.environment(\"TESSERA_STORE_KEY\")); StoreKeys.generate() makes one")
        }
        let runtime = Runtime.current
        return RotatingLogin(
            RotatingLogin.Setting(
                key: .user(issuer: "\(issuer)", client: id, subject: subject),
                store: SealedLoginStore(store, keys: keys),
                endpoint: RefreshRequest(client: self, profile: settings.profile), profile: settings.profile,
                limits: settings.limits, journal: settings.journal,
                holder: ProcessIdentity.holder(nonce: RotatingLogin.name(runtime)), isGone: ProcessIdentity.isGone,
                servesUnstored: settings.servesUnstored))
    }
}
#endif
