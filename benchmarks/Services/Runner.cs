namespace Services;

/// <summary>Runs the contenders in turn: other load of the machine affects all of them equally.</summary>
internal static class Runner
{
    public static Row Run(Work work, IReadOnlyList<Contender> contenders, Settings settings)
    {
        Console.Write($"{work.Name} ");
        var row = new Row(work.Name, work.What);
        var able = contenders.Where(contender => contender.Does(work)).ToList();
        able.ForEach(contender => contender.WarmUp(work, settings.Turn));
        for (var round = 0; round < settings.Rounds; round++)
        {
            foreach (var contender in able)
            {
                row.Add(contender.Name, contender.Measure(work, settings.Turn));
            }

            Console.Write('.');
        }

        Console.WriteLine();
        return row;
    }
}
