/// Splits `total` into `count` parts that differ by one at most.
package func shares(of total: Int, among count: Int) -> [Int] {
    (0..<count).map { total / count + ($0 < total % count ? 1 : 0) }
}
