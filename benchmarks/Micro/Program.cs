using System.Globalization;
using BenchmarkDotNet.Running;

namespace Micro;

/// <summary>Micro-benchmarks by hand: <c>--filter '*'</c>, or nothing for a choice. <c>small-object COUNT</c> is how the comparison asks for two numbers.</summary>
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
