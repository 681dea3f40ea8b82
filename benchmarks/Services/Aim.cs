namespace Services;

/// <summary>The target of one of this library's figures.</summary>
/// <param name="Row">The name of the row.</param>
/// <param name="Contender">The contender of this library.</param>
/// <param name="Most">The maximum in nanoseconds, or <see langword="null"/>.</param>
/// <param name="Peer">The contender to be compared with, or <see langword="null"/>.</param>
/// <param name="Times">The minimum ratio of the peer's figure to this library's in the same run.</param>
internal sealed record Aim(string Row, string Contender, double? Most = null, string? Peer = null, double Times = 0)
{
    public double Measured(Row row) => Peer is null ? row.Of(Contender).Median : row.Times(Contender, Peer);

    public bool? IsMet(Row row) => double.IsNaN(Measured(row)) ? null : Peer is null ? Measured(row) <= Most : Measured(row) >= Times;

    public string Text => Peer is null ? "<= " + Unit.Nanoseconds.Format(Most!.Value) : $">= {Times:0} x {Peer}";

    public string MeasuredText(Row row) => Peer is null ? Unit.Nanoseconds.Format(Measured(row)) : UnitText.Ratio(Measured(row));
}
