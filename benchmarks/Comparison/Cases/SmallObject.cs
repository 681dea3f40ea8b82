using System.Globalization;

namespace Comparison.Cases;

/// <summary>
/// Serializes and deserializes an object with five fields and a list, compared with pickle. The serializer is not public, so Micro measures it.
/// </summary>
internal sealed class SmallObject(int count, int pythonCount) : Case
{
    public override string Name => "small-object";

    public override IReadOnlyList<Figure> Figures =>
    [
        new("object with 5 fields and a list, serialize", Unit.Nanoseconds, new(Most: 150)),
        new("object with 5 fields and a list, deserialize", Unit.Nanoseconds, new(Most: 150)),
    ];

    public override double[] Ours() => DotnetRunner.Run("Micro", "small-object", count.ToString(CultureInfo.InvariantCulture));

    public override double[]? Python() => PythonRunner.Run("small_object", pythonCount);
}
