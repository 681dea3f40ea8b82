using System.Globalization;

namespace Comparison;

/// <summary>The machine and its load, which every page states.</summary>
internal sealed class Circumstances
{
    private readonly string _machine = Machine.Describe(PythonRunner.Version, CRunner.Version);

    public LoadWatch Load { get; } = new();

    /// <summary>Prints the machine, and which contenders are missing.</summary>
    public static Circumstances Print()
    {
        var circumstances = new Circumstances();
        Console.WriteLine(circumstances._machine);
        foreach (var absence in new[] { PythonRunner.Absence, CRunner.Absence }.OfType<string>())
        {
            Console.WriteLine(absence);
        }

        return circumstances;
    }

    public override string ToString() =>
        $"Measured on {DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}: {_machine}. {Load}";
}
