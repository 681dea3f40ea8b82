namespace Services;

/// <summary>A case that is no call after call: it measures in its own way.</summary>
internal abstract class SpecialCase
{
    /// <summary>The name for <c>--only</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Runs the case.</summary>
    /// <returns>Its lines in the table, and a sentence of its result for the page, or an empty text.</returns>
    public abstract (IReadOnlyList<Row> Rows, string Summary) Run(Settings settings);
}
