using System.Diagnostics.CodeAnalysis;

namespace Comparison;

/// <summary>The settings from the command line.</summary>
/// <param name="Quick">A quarter of the work in each turn.</param>
/// <param name="Only">A part of the names of the cases to run, or <see langword="null"/> for all.</param>
/// <param name="Mode">What is done with the figures.</param>
internal sealed record Settings(bool Quick, string? Only, Mode Mode)
{
    /// <summary>The number of turns of each contender.</summary>
    public int Rounds => Quick ? 5 : 9;

    /// <summary>Returns the number of operations in a turn.</summary>
    public int Scale(int operations) => Quick ? Math.Max(operations / 4, 1) : operations;

    public static bool TryParse(string[] args, [NotNullWhen(true)] out Settings? settings, [NotNullWhen(false)] out string? refusal)
    {
        settings = null;
        refusal = null;
        var quick = false;
        string? only = null;
        var mode = Mode.Report;
        for (var i = 0; i < args.Length; i++)
        {
            switch (args[i])
            {
                case "--quick":
                    quick = true;
                    break;
                case "--gate":
                    mode = Mode.Gate;
                    break;
                case "--record":
                    mode = Mode.Record;
                    break;
                case "--only" when i + 1 < args.Length:
                    only = args[++i];
                    break;
                default:
                    refusal = $"{args[i]} is not an option. The options are --quick, --only <name>, --gate and --record.";
                    return false;
            }
        }

        settings = new Settings(quick, only, mode);
        return true;
    }
}

internal enum Mode
{
    /// <summary>They are written into the documentation.</summary>
    Report,

    /// <summary>They are compared with the recorded ones.</summary>
    Gate,

    /// <summary>They are recorded.</summary>
    Record,
}
