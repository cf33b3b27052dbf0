#if CLI
/// Which of the two origins.
enum OriginLabel: String, Sendable, CaseIterable {
    case primary
    case second
}
#endif
