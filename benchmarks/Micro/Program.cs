using System.Globalization;
using BenchmarkDotNet.Running;

namespace Micro;

/// <summary>
/// Micro-benchmarks: <c>--filter '*'</c>, or no argument for a choice. The comparison calls <c>small-object COUNT</c> to get two numbers.
/// </summary>
internal static class Program
{
    private static int Main(string[] args)
    {
        if (args is ["small-object", var count])
        {
            Console.WriteLine(SmallObjectTimes.Measure(int.Parse(count, CultureInfo.InvariantCulture)));
            return 0;
        }

        _ = BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
        return 0;
    }
}
