using System.Diagnostics;
using Multiprocessing;
using Multiprocessing.Steps;

// Kills a process at each numbered point of the kernel, and looks whether the others notice. Needs the build of the library that has the points.
//   Multiprocessing.Steps [--part 1/2] [point...]
//   Multiprocessing.Steps --throw [entry point...]
// throws at each entry point instead: "threw <point> <passage> ..." for each.
// One line for each death: "died <point> <passage> <deed> <ms>", or "failed ..." and what is not as it must be.
if (args is ["--throw", .. var entryPoints])
{
    return Throws.Run(entryPoints);
}

var part = args is ["--part", var fraction, ..] ? fraction.Split('/').Select(int.Parse).ToArray() : [1, 1];
var names = args.SkipWhile(argument => argument == "--part" || argument.Contains('/')).ToArray();
var points = Enum.GetValues<KillPoint>()
    .Where(point => names.Length > 0 ? names.Contains(point.ToString()) : (int)point % part[1] == part[0] - 1)
    .ToArray();
var failures = 0;
var deaths = 0;
var dead = new List<int>();
using (var helper = new Helper())
{
    foreach (var point in points)
    {
        foreach (var provocation in Provocations.For(point))
        {
            foreach (var passage in provocation.Passages)
            {
                var what = $"{point} {passage} {provocation.Deed}";
                var time = Stopwatch.StartNew();
                try
                {
                    using var watchdog = new Watchdog(what);
                    dead.Add(World.Run(point, passage, provocation, helper, world => watchdog.Describe = world.Describe));
                    deaths++;
                    Console.WriteLine($"died {what} {time.ElapsedMilliseconds}");
                }
                catch (Exception exception)
                {
                    // The other points are tried all the same.
                    failures++;
                    Console.WriteLine($"failed {what} {exception.Message.ReplaceLineEndings(" ")}");
                    Console.Error.WriteLine(exception);
                }
            }
        }
    }
}

SessionSweep.Run();
foreach (var left in Leftovers.Of(dead))
{
    failures++;
    Console.WriteLine($"failed {left} stays though its maker is dead");
}

Console.WriteLine($"deaths {deaths} of {points.Length} points, {failures} failures");
return failures == 0 ? 0 : 1;
