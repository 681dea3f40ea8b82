namespace Comparison;

/// <summary>Runs the contenders of a case in turn.</summary>
internal static class Runner
{
    /// <summary>This library, CPython, the BCL, the limit, this library, and so on: other load of the machine affects all of them equally.</summary>
    public static IReadOnlyList<Row> Run(Case item, int rounds)
    {
        Console.Write($"{item.Name} ");
        var ours = new List<double[]>();
        var python = new List<double[]>();
        var bcl = new List<double[]>();
        var limit = new List<double[]>();
        for (var round = 0; round < rounds; round++)
        {
            ours.Add(item.Ours());
            Add(python, item.Python());
            Add(bcl, item.Bcl());
            Add(limit, item.Limit());
            Console.Write('.');
        }

        Console.WriteLine();
        return [.. item.Figures.Select((figure, i) => new Row(figure, Column(ours, i), Column(python, i), Column(bcl, i), Column(limit, i)))];
    }

    private static void Add(List<double[]> turns, double[]? values)
    {
        if (values is not null)
        {
            turns.Add(values);
        }
    }

    private static double[] Column(List<double[]> turns, int index) => [.. turns.Select(values => values[index])];
}
