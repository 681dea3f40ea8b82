using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Comparison;

/// <summary>The settings from the command line.</summary>
internal sealed record Settings
{
    private const string Options =
        "The options are --quick, --rounds <number>, --only <name>, and one of --gate, --record, --pairs <number>, --cold, --curves [name] and --latency.";

    /// <summary>A quarter of the work in each turn, and less of what takes long.</summary>
    public bool Quick { get; private init; }

    /// <summary>A part of the names of the cases to run, or <see langword="null"/> for all.</summary>
    public string? Only { get; private init; }

    public Mode Mode { get; private init; }

    /// <summary>The number of pairs of processes of <see cref="Mode.Pairs"/>.</summary>
    public int Pairs { get; private init; }

    /// <summary>The number of turns of each contender.</summary>
    public int Rounds => RoundsOr(Quick ? 5 : 9);

    // Zero if the command line does not name it.
    private int GivenRounds { get; init; }

    /// <summary>Returns the number of operations in a turn.</summary>
    public int Scale(int operations) => Quick ? Math.Max(operations / 4, 1) : operations;

    /// <summary>Returns the number of turns from the command line, or the usual one.</summary>
    public int RoundsOr(int usual) => GivenRounds > 0 ? GivenRounds : usual;

    public bool Includes(string name) => Only is null || name.Contains(Only, StringComparison.OrdinalIgnoreCase);

    public static bool TryParse(string[] args, [NotNullWhen(true)] out Settings? settings, [NotNullWhen(false)] out string? refusal)
    {
        settings = new Settings();
        refusal = null;
        for (var i = 0; i < args.Length; i++)
        {
            var value = i + 1 < args.Length && !args[i + 1].StartsWith('-') ? args[i + 1] : null;
            var next = settings.With(args[i], value, out var takesValue);
            if (next is null)
            {
                settings = null;
                refusal = $"{args[i]} is not an option, or its value is missing. {Options}";
                return false;
            }

            settings = next;
            i += takesValue ? 1 : 0;
        }

        return true;
    }

    private Settings? With(string option, string? value, out bool takesValue)
    {
        takesValue = value is not null && option is "--only" or "--rounds" or "--pairs" or "--curves";
        return option switch
        {
            "--quick" => this with { Quick = true },
            "--only" when value is not null => this with { Only = value },
            "--rounds" when int.TryParse(value, CultureInfo.InvariantCulture, out var rounds) && rounds > 0 => this with { GivenRounds = rounds },
            "--gate" => this with { Mode = Mode.Gate },
            "--record" => this with { Mode = Mode.Record },
            "--pairs" when int.TryParse(value, CultureInfo.InvariantCulture, out var pairs) && pairs > 0 => this with { Mode = Mode.Pairs, Pairs = pairs },
            "--cold" => this with { Mode = Mode.Cold },
            "--curves" => this with { Mode = Mode.Curves, Only = value ?? Only },
            "--latency" => this with { Mode = Mode.Latency },
            _ => null,
        };
    }
}
