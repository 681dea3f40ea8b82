using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Services;

/// <summary>The settings from the command line.</summary>
internal sealed record Settings
{
    private const string Options = "The options are --quick, --only <name of a case>, --with <name of a contender>, --kills <number> and --force.";

    /// <summary>Shorter turns and fewer rounds.</summary>
    public bool Quick { get; private init; }

    /// <summary>A part of the names of the cases to run, or <see langword="null"/> for all.</summary>
    public string? Only { get; private init; }

    /// <summary>Parts of the names of the contenders that take part, separated by commas, or <see langword="null"/> for all.</summary>
    public string? With { get; private init; }

    /// <summary>The number of kills of the case <c>kills</c>.</summary>
    public int Kills { get; private init; } = 1000;

    /// <summary>The page of the documentation is written also by a quick run.</summary>
    public bool Force { get; private init; }

    public bool IsWhole => Only is null && With is null;

    /// <summary>The number of items of a stream.</summary>
    public int StreamItems => Quick ? 100_000 : 1_000_000;

    public int Rounds => Quick ? 3 : 7;

    /// <summary>The time that a contender calls in one turn.</summary>
    public TimeSpan Turn => TimeSpan.FromMilliseconds(Quick ? 100 : 250);

    public bool Includes(string caseName) => Only is null || caseName.Contains(Only, StringComparison.OrdinalIgnoreCase);

    public bool IncludesContender(string name) =>
        With is null || With.Split(',').Any(part => name.Contains(part, StringComparison.OrdinalIgnoreCase));

    public static bool TryParse(string[] args, [NotNullWhen(true)] out Settings? settings, [NotNullWhen(false)] out string? refusal)
    {
        settings = new Settings();
        refusal = null;
        for (var i = 0; i < args.Length; i++)
        {
            settings = args[i] switch
            {
                "--quick" => settings with { Quick = true, Kills = Math.Min(settings.Kills, 50) },
                "--force" => settings with { Force = true },
                "--only" when i + 1 < args.Length => settings with { Only = args[++i] },
                "--with" when i + 1 < args.Length => settings with { With = args[++i] },
                "--kills" when i + 1 < args.Length && int.TryParse(args[i + 1], CultureInfo.InvariantCulture, out var kills) && kills > 0 && ++i > 0 =>
                    settings with { Kills = kills },
                _ => null,
            };
            if (settings is null)
            {
                refusal = $"{args[i]} is not an option, or its value is missing. {Options}";
                return false;
            }
        }

        return true;
    }
}
