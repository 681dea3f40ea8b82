namespace Comparison;

/// <summary>One piece of work that the contenders do in turn. Each turn yields one value for each of <see cref="Figures"/>, NaN where the contender has none.</summary>
internal abstract class Case
{
    /// <summary>What <c>--only</c> looks for.</summary>
    public abstract string Name { get; }

    public abstract IReadOnlyList<Figure> Figures { get; }

    /// <summary>One turn of this library.</summary>
    public abstract double[] Ours();

    /// <summary>One turn of CPython, or null where its standard library has nothing of the kind.</summary>
    public virtual double[]? Python() => null;

    /// <summary>One turn of what the BCL has for the same, or null where it has nothing.</summary>
    public virtual double[]? Bcl() => null;

    /// <summary>One turn of the least that the machine needs for this, or null where that is not measured.</summary>
    public virtual double[]? Limit() => null;
}

/// <summary>One line of the table.</summary>
/// <param name="What">What is measured, for readers.</param>
/// <param name="Unit">What the values count.</param>
/// <param name="Aim">What is aimed at, or null.</param>
internal sealed record Figure(string What, Unit Unit, Aim? Aim = null);
