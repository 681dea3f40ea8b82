namespace Comparison;

/// <summary>
/// One kind of work that the contenders do in turn. Each turn yields one value for each of <see cref="Figures"/>, NaN if the contender has none.
/// </summary>
internal abstract class Case
{
    /// <summary>The name for <c>--only</c>.</summary>
    public abstract string Name { get; }

    public abstract IReadOnlyList<Figure> Figures { get; }

    /// <summary>Runs one turn of this library.</summary>
    public abstract double[] Ours();

    /// <summary>Runs one turn of CPython. Returns <see langword="null"/> if its standard library has no counterpart.</summary>
    public virtual double[]? Python() => null;

    /// <summary>Runs one turn of the BCL's counterpart. Returns <see langword="null"/> if there is none.</summary>
    public virtual double[]? Bcl() => null;

    /// <summary>Runs one turn of the least that the machine needs for this. Returns <see langword="null"/> if it is not measured.</summary>
    public virtual double[]? Limit() => null;
}

/// <summary>One line of the table.</summary>
/// <param name="What">What is measured, as shown in the table.</param>
/// <param name="Unit">The unit of the values.</param>
/// <param name="Aim">The target, or <see langword="null"/>.</param>
internal sealed record Figure(string What, Unit Unit, Aim? Aim = null);
