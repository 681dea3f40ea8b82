using System.Text.Json;
using Multiprocessing.Tool.Output;
using Spectre.Console;

namespace Multiprocessing.Tool.Stacks;

/// <summary>Prints stacks. By default only what concerns the user: threads with code of the program, without the frames that called that
/// code.</summary>
internal static class StackReport
{
    public static void Write(CommandOutput output, int processId, IReadOnlyList<ThreadStack> threads, bool isAll)
    {
        var shown = isAll ? threads : [.. threads.Where(thread => thread.Frames.Any(IsOfProgram))];
        foreach (var thread in shown)
        {
            var name = thread.Name is null ? "" : $" {Markup.Escape(thread.Name)}";
            output.Text.MarkupLine($"[bold]Thread {thread.ThreadId}[/]{name}  [grey]{Describe(thread)}[/]");
            var frames = isAll ? thread.Frames : WithoutCallers(thread.Frames);
            foreach (var frame in frames)
            {
                WriteFrame(output, frame);
            }

            if (frames.Count < thread.Frames.Count)
            {
                output.Text.MarkupLine($"    [grey]... called by {thread.Frames.Count - frames.Count} frames of the library and the runtime "
                    + "(--all)[/]");
            }

            output.WriteLine();
        }

        if (shown.Count < threads.Count)
        {
            var others = threads.Count - shown.Count;
            output.Text.MarkupLine(shown.Count == 0
                ? $"[grey]No thread of process {processId} runs code of the program. {Threads(others)} of the library and the runtime: --all "
                    + "shows them.[/]"
                : $"[grey]{Threads(others)} of the library and the runtime: --all shows them.[/]");
        }
        else if (threads.Count == 0)
        {
            output.Text.MarkupLine($"[grey]No thread of process {processId} has managed frames.[/]");
        }
    }

    public static void WriteJson(Utf8JsonWriter json, int processId, IReadOnlyList<ThreadStack> threads)
    {
        json.WriteStartObject();
        json.WriteNumber("processId", processId);
        json.WriteStartArray("threads");
        foreach (var thread in threads)
        {
            json.WriteStartObject();
            json.WriteNumber("id", thread.ThreadId);
            json.WriteString("name", thread.Name);
            json.WriteBoolean("isRunningManagedCode", thread.IsRunningManagedCode);
            json.WriteStartArray("frames");
            foreach (var frame in thread.Frames)
            {
                json.WriteStartObject();
                json.WriteString("method", frame.Method);
                json.WriteString("module", frame.Module);
                json.WriteString("file", frame.File);
                if (frame.Line is { } line)
                {
                    json.WriteNumber("line", line);
                }
                else
                {
                    json.WriteNull("line");
                }

                json.WriteBoolean("isOfProgram", IsOfProgram(frame));
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Returns whether the frame is neither of this library nor of the framework.</summary>
    internal static bool IsOfProgram(StackFrame frame) =>
        frame.Module is not ("Multiprocessing" or "Multiprocessing.Host" or "mscorlib" or "netstandard" or "System" or "")
        && !frame.Module.StartsWith("System.", StringComparison.Ordinal)
        && !frame.Module.StartsWith("Microsoft.", StringComparison.Ordinal);

    /// <summary>Removes the frames that called the outermost frame of the program.</summary>
    internal static IReadOnlyList<StackFrame> WithoutCallers(IReadOnlyList<StackFrame> frames)
    {
        for (var last = frames.Count - 1; last >= 0; last--)
        {
            if (IsOfProgram(frames[last]))
            {
                return [.. frames.Take(last + 1)];
            }
        }

        return frames;
    }

    private static string Threads(int count) => count == 1 ? "One thread" : $"{count} threads";

    private static string Describe(ThreadStack thread) => thread.IsRunningManagedCode ? "runs" : "waits, or is in native code";

    private static void WriteFrame(CommandOutput output, StackFrame frame)
    {
        var style = IsOfProgram(frame) ? "default" : "grey";
        var source = frame.File is null ? "" : $" [grey]in {Markup.Escape(frame.File)}:{frame.Line}[/]";
        output.Text.MarkupLine($"    [{style}]{Markup.Escape(frame.Method)}[/]{source}");
    }
}
