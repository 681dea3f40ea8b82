// The smallest .NET process. It measures a start; with an argument the memory of a waiting process; with `spin` it uses a processor until its input ends.
if (args is ["spin"])
{
    new Thread(static () =>
    {
        while (true)
        {
        }
    })
    { IsBackground = true }.Start();
}

Console.WriteLine("Hello");
if (args.Length > 0)
{
    Console.In.ReadToEnd();
}
