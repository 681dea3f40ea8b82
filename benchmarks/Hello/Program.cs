// The smallest .NET process: it measures a start, and with an argument the memory of a waiting process.
Console.WriteLine("Hello");
if (args.Length > 0)
{
    Console.In.ReadToEnd();
}
