using System.Diagnostics;
using System.Globalization;
using Cold;

// The comparison starts this program anew for each turn: the first operations of its pair of processes are the first of the program.
// Prints the cold and the hot nanoseconds for each operation, and the nanoseconds from here to the end of the cold ones.
var main = Stopwatch.GetTimestamp();
var count = args is [_, var given] ? int.Parse(given, CultureInfo.InvariantCulture) : 100_000;

Figures? figures = args.FirstOrDefault() switch
{
    "struct-throughput" => Throughput<Cell>.Measure(static () => default, count),
    "bytes-throughput" => Throughput<byte[]>.Measure(static () => new byte[64], count),
    "struct-roundtrip" => RoundTrip<Cell>.Measure(static () => default, count),
    "bytes-roundtrip" => RoundTrip<byte[]>.Measure(static () => new byte[64], count),
    _ => null,
};
if (figures is not { } measured)
{
    Console.Error.WriteLine("The arguments are struct-throughput, bytes-throughput, struct-roundtrip or bytes-roundtrip, and the number of operations.");
    return 2;
}

var whole = Stopwatch.GetElapsedTime(main, measured.ColdEnd);
Console.WriteLine(string.Create(
    CultureInfo.InvariantCulture,
    $"{measured.Cold.TotalNanoseconds / count:0.00} {measured.Hot.TotalNanoseconds / count:0.00} {whole.TotalNanoseconds:0}"));
return 0;
