namespace Comparison.Growth;

/// <summary>How a figure grows with a quantity, such as the number of processes, beside other contenders.</summary>
internal abstract class Curve
{
    /// <summary>The name for <c>--curves</c>, and of the picture.</summary>
    public abstract string Name { get; }

    /// <summary>What is measured, as the heading of the page.</summary>
    public abstract string What { get; }

    /// <summary>How it is measured.</summary>
    public abstract string How { get; }

    /// <summary>What grows, as the title of the axis.</summary>
    public abstract string Grows { get; }

    public virtual Unit Unit => Unit.Nanoseconds;

    public abstract IReadOnlyList<long> Places { get; }

    public abstract IReadOnlyList<Contender> Contenders { get; }

    /// <summary>Formats a place of the axis.</summary>
    public virtual string Label(long place) => UnitText.Count(place);
}

/// <summary>One line of a curve.</summary>
/// <param name="Label">The name in the table and in the picture.</param>
/// <param name="Colour">The colour of the line.</param>
/// <param name="Measure">Measures one turn at a place; <see langword="null"/> if the program that it needs is missing.</param>
/// <param name="Most">The last place at which it is measured: beyond it a turn takes minutes, or more memory than a machine has.</param>
internal sealed record Contender(string Label, string Colour, Func<long, double?> Measure, long Most = long.MaxValue);
