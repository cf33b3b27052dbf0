#if OAuth
import TesseraCore

/// A ``LoginRecord`` as JSON, its secrets already sealed: the coder never holds one in clear.
///
/// Members may be added at the top level, with a default for records that lack them: older releases keep what they do
/// not know.
struct LoginDocument: Codable {
    var state: LoginRecord.State
    var fence: UInt64
    var storeEpoch: String?
    var originTag: String?
    var account: String?
    var note: String?
    var accessTokens: [AccessTokenMembers]
    /// Sealed secrets by field: see ``SealedField``.
    var sealed: [String: String]
    var unknown: [String: JSONTree] = [:]

    struct AccessTokenMembers: Codable {
        var scope: [String]
        var resource: String?
        /// The sealed field that holds the value.
        var field: String
        var issuedAt: StoreTime
        var lifetimeNanoseconds: Int64?
        var granted: [String]
    }

    private enum Member: String, CodingKey, CaseIterable {
        case state, fence, storeEpoch, originTag, account, note, accessTokens, sealed
    }

    private struct AnyMember: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init(_ name: String) { stringValue = name }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// The members of a record, but for its secrets.
    init(_ record: LoginRecord, accessTokens: [AccessTokenMembers], sealed: [String: String]) {
        state = record.state
        fence = record.fence
        storeEpoch = record.storeEpoch
        originTag = record.originTag
        account = record.account
        note = record.note
        self.accessTokens = accessTokens
        self.sealed = sealed
        unknown = record.unknown.members
    }

    init(from decoder: any Decoder) throws {
        let known = try decoder.container(keyedBy: Member.self)
        state = try known.decode(LoginRecord.State.self, forKey: .state)
        fence = try known.decode(UInt64.self, forKey: .fence)
        storeEpoch = try known.decodeIfPresent(String.self, forKey: .storeEpoch)
        originTag = try known.decodeIfPresent(String.self, forKey: .originTag)
        account = try known.decodeIfPresent(String.self, forKey: .account)
        note = try known.decodeIfPresent(String.self, forKey: .note)
        accessTokens = try known.decodeIfPresent([AccessTokenMembers].self, forKey: .accessTokens) ?? []
        sealed = try known.decodeIfPresent([String: String].self, forKey: .sealed) ?? [:]
        let all = try decoder.container(keyedBy: AnyMember.self)
        let names = Set(Member.allCases.map(\.rawValue))
        for member in all.allKeys where !names.contains(member.stringValue) {
            unknown[member.stringValue] = try all.decode(JSONTree.self, forKey: member)
        }
    }

    func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: AnyMember.self)
        for (name, value) in unknown { try members.encode(value, forKey: AnyMember(name)) }
        try members.encode(state, forKey: AnyMember(Member.state.rawValue))
        try members.encode(fence, forKey: AnyMember(Member.fence.rawValue))
        try members.encodeIfPresent(storeEpoch, forKey: AnyMember(Member.storeEpoch.rawValue))
        try members.encodeIfPresent(originTag, forKey: AnyMember(Member.originTag.rawValue))
        try members.encodeIfPresent(account, forKey: AnyMember(Member.account.rawValue))
        try members.encodeIfPresent(note, forKey: AnyMember(Member.note.rawValue))
        try members.encode(accessTokens, forKey: AnyMember(Member.accessTokens.rawValue))
        try members.encode(sealed, forKey: AnyMember(Member.sealed.rawValue))
    }
}
#endif
