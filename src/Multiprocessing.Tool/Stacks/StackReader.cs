using System.Diagnostics.Tracing;
using Microsoft.Diagnostics.NETCore.Client;
using Microsoft.Diagnostics.Symbols;
using Microsoft.Diagnostics.Tracing.Etlx;
using Microsoft.Diagnostics.Tracing.EventPipe;

namespace Multiprocessing.Tool.Stacks;

/// <summary>
/// Reads the managed stacks of a process through the diagnostics port of its runtime, as dotnet-stack does: the runtime's sampling profiler is on for
/// a moment, and the names of the methods follow when the session stops. The process continues; no debugger is attached and no permission beyond that
/// of the same user is needed.
/// </summary>
internal static class StackReader
{
    // A sample is taken every few milliseconds, of all threads. On a busy machine the first one may take longer: then it is tried again for longer.
    private static readonly TimeSpan[] SamplingTimes = [TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(2)];

    private const string SampleProfiler = "Microsoft-DotNETCore-SampleProfiler";
    private const int BufferMegabytes = 64;

    /// <exception cref="TimeoutException">The runtime did not answer in time.</exception>
    public static async Task<IReadOnlyList<ThreadStack>> ReadAsync(int processId, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var directory = Directory.CreateTempSubdirectory("mp-stack-").FullName;
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(timeout);
            IReadOnlyList<ThreadStack> threads = [];
            foreach (var time in SamplingTimes)
            {
                var trace = Path.Combine(directory, $"{time.TotalMilliseconds:0}.nettrace");
                try
                {
                    await RecordAsync(processId, trace, time, limit.Token).WaitAsync(limit.Token);
                }
                catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
                {
                    throw new TimeoutException($"The runtime of process {processId} did not send its stacks within {timeout.TotalSeconds:0.#} s.");
                }

                threads = ReadTrace(processId, trace);
                if (threads.Count > 0)
                {
                    break;
                }
            }

            return threads;
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task RecordAsync(int processId, string path, TimeSpan time, CancellationToken cancellationToken)
    {
        await using var port = await DiagnosticsPort.ConnectAsync(processId, cancellationToken);
        var providers = new[] { new EventPipeProvider(SampleProfiler, EventLevel.Informational) };
        using var session = await port.Client.StartEventPipeSessionAsync(providers, requestRundown: true, BufferMegabytes, cancellationToken);
        await using var file = File.Create(path);
        var copying = session.EventStream.CopyToAsync(file, cancellationToken);
        await Task.Delay(time, cancellationToken);
        await session.StopAsync(cancellationToken);
        await copying;
    }

    private static IReadOnlyList<ThreadStack> ReadTrace(int processId, string path)
    {
        using var log = new TraceLog(TraceLog.CreateFromEventPipeDataFile(path));

        // Only symbols beside the assemblies: no request leaves the machine.
        using var symbols = new SymbolReader(TextWriter.Null, "") { SecurityCheck = _ => true };
        var threads = new Dictionary<int, ThreadStack>();
        foreach (var sample in log.Events)
        {
            if (sample is ClrThreadSampleTraceData taken && taken.CallStack() is { } stack)
            {
                // The last sample of a thread counts: the first ones may fall into the start of the session itself.
                threads[sample.ThreadID] = new ThreadStack(
                    sample.ThreadID, ThreadNames.Find(processId, sample.ThreadID), taken.Type == ClrThreadSampleType.Managed, Frames(stack, symbols));
            }
        }

        return [.. threads.Values.OrderBy(thread => thread.ThreadId)];
    }

    private static List<StackFrame> Frames(TraceCallStack? stack, SymbolReader symbols)
    {
        var frames = new List<StackFrame>();
        for (; stack is not null; stack = stack.Caller)
        {
            var address = stack.CodeAddress;
            if (address.FullMethodName is { Length: > 0 } method)
            {
                // The source of generated code is only in the compiler's memory.
                var line = address.GetSourceLine(symbols);
                line = line?.SourceFile.BuildTimeFilePath.EndsWith(".g.cs", StringComparison.Ordinal) == true ? null : line;
                frames.Add(new StackFrame(MethodName.Format(method), address.ModuleName, line?.SourceFile.BuildTimeFilePath, line?.LineNumber));
            }
        }

        return frames;
    }
}
