using System.Globalization;

namespace Comparison.Cold;

/// <summary>
/// The first operations of a pair of processes, in a program that has just started (<c>benchmarks/Cold</c>), and as many when the code of both
/// processes was fully compiled. The program has the library as the package brings it: compiled ahead of time, with spares at their default.
/// </summary>
internal sealed class ColdCase(string name, string what, int count) : Case
{
    public override string Name => name;

    public override IReadOnlyList<Figure> Figures =>
    [
        new($"{what}: the first {count.ToString("#,0", CultureInfo.InvariantCulture)}, each", Unit.Nanoseconds),
        new($"{what}: compiled, each", Unit.Nanoseconds),
        new($"{what}: from Main to the last of the first", Unit.Nanoseconds),
    ];

    public override double[] Ours() => DotnetRunner.Run("Cold", name, count.ToString(CultureInfo.InvariantCulture));
}
