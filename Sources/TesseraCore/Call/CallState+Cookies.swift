import HTTPTypes

extension CallState {
    /// Adds the jar's cookies to what is sealed. A `Cookie` field of the caller's own counts instead of the jar's.
    func addCookies(_ jar: CookieJar, to sealed: inout SealedFields) {
        guard mayCarryCookies, plan.fields[.cookie] == nil else { return }
        let now = plan.core.configuration.runtime.wallTime()
        guard let value = jar.field(for: cookieRequest, now: now) else { return }
        sealed = SealedFields(sealed.exposed + [HTTPField(name: .cookie, value: value)])
    }

    /// Keeps what an answer sets, whatever becomes of the answer: a retry and a redirect bring it back already.
    func keepCookies(of head: HTTPResponse, in jar: CookieJar) {
        let fields = head.headerFields[values: .setCookie]
        guard !fields.isEmpty, mayCarryCookies else { return }
        jar.receive(fields, of: cookieRequest, now: plan.core.configuration.runtime.wallTime())
    }

    private var cookieRequest: CookieStateMachine.Request {
        CookieStateMachine.Request(
            origin: plan.origin, target: plan.target, method: plan.method, crossesSites: crossesSites)
    }

    /// A cookie is as good as a credential (invariant 9).
    private var mayCarryCookies: Bool {
        plan.origin.scheme == .https || plan.core.configuration.allowsInsecureCredentials
            || (plan.origin.mayCarryCredentialsInClear && plan.core.proxy(for: plan.origin) == nil)
    }
}
