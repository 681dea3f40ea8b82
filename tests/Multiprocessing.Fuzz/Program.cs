using System.Runtime.InteropServices;
using Multiprocessing.Fuzz;
using SharpFuzz;

// Multiprocessing.Fuzz list
// Multiprocessing.Fuzz seeds TARGET FOLDER    writes the seeds of a target
// Multiprocessing.Fuzz run TARGET             serves afl-fuzz
// Multiprocessing.Fuzz replay TARGET FILE...  runs inputs, such as those of the crashes that afl-fuzz has kept, and prints what each ends with
unsafe
{
    // Instrumented code counts from its first call on; afl-fuzz gives its map only later.
    SharpFuzz.Common.Trace.SharedMem = (byte*)NativeMemory.AllocZeroed(1 << 16);
}

switch (args)
{
    case ["list"]:
        Console.WriteLine(string.Join(Environment.NewLine, FuzzTargets.Names));
        return 0;
    case ["seeds", var name, var folder]:
        using (var target = FuzzTargets.Create(name))
        {
            Directory.CreateDirectory(folder);
            for (var i = 0; i < target.Seeds.Count; i++)
            {
                File.WriteAllBytes(Path.Combine(folder, $"{name}-{i}"), target.Seeds[i]);
            }
        }

        return 0;
    case ["run", var name]:
        // In a process of its own, which is started again: reading outside a message ends it, and a stack overflow does, too. Only that one has a target.
        FuzzTarget? running = null;
        Fuzzer.OutOfProcess.Run(stream =>
        {
            running ??= FuzzTargets.Create(name);
            using var input = new MemoryStream();
            stream.CopyTo(input);
            running.Run(input.ToArray());
        });
        return 0;
    case ["replay", var name, .. var files]:
        using (var target = FuzzTargets.Create(name))
        {
            return files.Count(file => !Replay.Run(target, file));
        }

    default:
        Console.Error.WriteLine("Multiprocessing.Fuzz list | seeds TARGET FOLDER | run TARGET | replay TARGET FILE...");
        return 2;
}
