using System.Diagnostics.CodeAnalysis;

namespace Comparison;

/// <summary>The settings from the command line.</summary>
/// <param name="Quick">A quarter of the work in each turn.</param>
/// <param name="Only">A part of the names of the cases to run, or <see langword="null"/> for all.</param>
internal sealed record Settings(bool Quick, string? Only)
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
        for (var i = 0; i < args.Length; i++)
        {
            switch (args[i])
            {
                case "--quick":
                    quick = true;
                    break;
                case "--only" when i + 1 < args.Length:
                    only = args[++i];
                    break;
                default:
                    refusal = $"{args[i]} is not an option. The options are --quick and --only <name>.";
                    return false;
            }
        }

        settings = new Settings(quick, only);
        return true;
    }
}
