using System.Diagnostics;
using System.Text.Json;

namespace DurableJobs;

/// <summary>A job as it is in the queue. A record of values: it is what a node receives.</summary>
internal sealed record Job(int Id, JobKind Kind, string Folder)
{
    public static Job Read(byte[] body) => JsonSerializer.Deserialize<Job>(body)!;

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this);

    /// <summary>
    /// Runs on a node, at least once. A job that must not have its effect twice makes it so that a second time changes nothing: here the result is a
    /// file that is replaced.
    /// </summary>
    public int Run()
    {
        Note("start");
        Thread.Sleep(20);
        switch (Kind)
        {
            case JobKind.Invalid:
                throw new InvalidDataException($"The input of job {Id} is damaged.");
            case JobKind.Crashes when !File.Exists($"{Folder}/crashed-{Id}"):
                File.Create($"{Folder}/crashed-{Id}").Dispose();
                Process.GetCurrentProcess().Kill();
                break;
        }

        var file = $"{Folder}/result-{Id}";
        File.WriteAllText($"{file}.{Environment.ProcessId}", $"{Id * 2}");
        File.Move($"{file}.{Environment.ProcessId}", file, overwrite: true);
        Note("end");
        return Id * 2;
    }

    /// <summary>One write each, at the end of the file: a killed process leaves whole lines.</summary>
    private void Note(string what) => File.AppendAllText($"{Folder}/ledger-{Environment.ProcessId}", $"{what} {Id}\n");
}

internal enum JobKind
{
    Plain,

    /// <summary>It fails each time.</summary>
    Invalid,

    /// <summary>Its worker dies of it the first time.</summary>
    Crashes,
}
