using Multiprocessing.Scenarios;

// The companion of the tests: a program of its own with side effects in Main, started in every shape that a program can have.
// Each line it writes is "<key> <value>".
if (Environment.GetEnvironmentVariable(Report.MainLogVariable) is { } log)
{
    // One write of few bytes with O_APPEND: lines of several processes do not mix.
    File.AppendAllText(log, $"Main {Environment.ProcessId}{Environment.NewLine}");
}

if (OperatingSystem.IsWindows())
{
    Console.OutputEncoding = System.Text.Encoding.UTF8; // as elsewhere
}

// A child in which Main ran against the library's will has no arguments; it must try what its parent did, or it could not show that it is kept from it.
var scenario = args.Length == 0 && Environment.GetEnvironmentVariable(Report.ScenarioVariable) is { } name ? [name] : args;
Report.Line("root", Environment.ProcessId);
return scenario switch
{
    ["shapes"] => Shapes.Run(),
    ["tree"] => Orphans.Tree(),
    ["stopped-child"] => Orphans.StoppedChild(),
    ["forgotten", "return"] => Orphans.Forgotten(),
    ["forgotten", "exit"] => Orphans.ForgottenAndExit(),
    ["forgotten", "throw"] => Orphans.ForgottenAndThrow(),
    ["big-put", var mebibytes] => Queues.BigPut(int.Parse(mebibytes)),
    ["full-memory", var mebibytes] => Queues.FullMemory(int.Parse(mebibytes)),
    ["torture", var seconds, var seed] => Torture.Run(int.Parse(seconds), int.Parse(seed)),
    ["named", "hold-lock"] => Named.HoldLock(),
    ["named", "enter-lock"] => Named.EnterLock(),
    ["named", "race", var crowd] => Named.Race(int.Parse(crowd)),
    ["named", "serve"] => Named.Serve(),
    ["named", "capture"] => Named.Capture(),
    ["named", "types"] => Named.Types(),
    ["named", "same-types"] => Named.SameTypes(),
    ["named", "churn"] => Named.Churn(),
    ["forgotten-ends"] => ForgottenEnds.Run(),
    ["long-map"] => Pools.LongMap(),
    ["console", "together"] => Consoles.Together(),
    ["console", "pool"] => await Consoles.Pool(),
    ["console", "killed"] => Consoles.Killed(),
    ["console", "no-reader"] => Consoles.NoReader(),
    ["console", "log-without-factory"] => Consoles.LogWithoutFactory(),
    ["end-as", var kind] => ExitKinds.Child(kind),
    ["garbage-collector"] => Shapes.GarbageCollector(),
    ["one-child"] => Shapes.OneChild(),
    ["spares", var way] => Orphans.Spares(way),
    ["surroundings", .. var rest] => Surroundings.Run(rest),
    ["starts", "refused", var way] => Starts.Refused(way),
    ["starts", "few-descriptors"] => Starts.WithFewDescriptors(),
    ["starts", "no-allocation", var error] => Starts.WithoutAllocation(error),
    ["starts", "nothing-writable"] => Starts.WhereNothingCanBeWritten(),
    ["starts", "deleted-directory"] => await Starts.InDeletedDirectory(),
    ["starts", "many-locks"] => Starts.ManyLocks(),
    ["pool-shortage", "descriptors"] => await PoolShortages.Descriptors(),
    ["pool-shortage", "processes"] => await PoolShortages.Processes(),
    ["starts", "no-dispatcher"] => Starts.WithoutDispatcher(),
    ["pool-shortage", "memory"] => await PoolShortages.Memory(),
    ["watched"] => await Watched.Run(),
    ["shop"] => await Shop.Run(),
    ["observe", var processId] => Observer.Run(int.Parse(processId)),
    ["observed-cost", var workers, var seconds] => await ObservedCost.Run(int.Parse(workers), TimeSpan.FromSeconds(int.Parse(seconds))),
    _ => Report.Unknown(scenario),
};
