// The least that a .NET process can do: what a start costs, and with an argument what a waiting process takes.
Console.WriteLine("Hello");
if (args.Length > 0)
{
    Console.In.ReadToEnd();
}
