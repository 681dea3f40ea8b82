using System.Globalization;
using System.Text.Json;
using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>
/// What an observer asks of a process that publishes: to cancel the task that a worker of a pool runs, if it is still the one that the observer has
/// seen. The number of tasks that the worker has completed shows that.
/// </summary>
/// <remarks>
/// It is a file in the session's directory, <c>request-[slot]-[generation]</c>: one request for each process at a time. The observer writes it under
/// another name and moves it there; the process reads and removes it while it publishes, and then acts. Killed before the move: the file has a name
/// that no process reads, and is removed with the session. Killed after it: the request is taken, or removed with the session. The process, killed
/// after it has removed the file: its pool has ended with it.
/// </remarks>
internal readonly record struct StatusRequest(string PoolId, int WorkerNumber, long TasksDone)
{
    private const int MaxBytes = 4096;

    public static string PathOf(string directory, ParticipantId participant) => StatusFile.PathOf(directory, "request-", participant);

    /// <summary>Leaves the request for the process. <see langword="false"/> if it has not taken an earlier one yet.</summary>
    /// <exception cref="IOException">There is no room, or the session was removed.</exception>
    public bool TryWrite(string path)
    {
        var draft = string.Create(CultureInfo.InvariantCulture, $"{path}-{Guid.NewGuid():N}");
        try
        {
            using (var file = File.Create(draft))
            using (var writer = new Utf8JsonWriter(file))
            {
                writer.WriteStartObject();
                writer.WriteNumber("version"u8, StatusFile.Version);
                writer.WriteString("pool"u8, PoolId);
                writer.WriteNumber("worker"u8, WorkerNumber);
                writer.WriteNumber("done"u8, TasksDone);
                writer.WriteEndObject();
            }

            File.Move(draft, path, overwrite: false);
            return true;
        }
        catch (IOException) when (File.Exists(path))
        {
            return false;
        }
        finally
        {
            MappedFile.Delete(draft);
        }
    }

    /// <summary>Takes the request that an observer has left. Nothing in it is trusted: one that cannot be read is removed, and none.</summary>
    /// <exception cref="IOException">It cannot be read now.</exception>
    public static StatusRequest? TryTake(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        var bytes = new FileInfo(path).Length <= MaxBytes ? File.ReadAllBytes(path) : [];
        File.Delete(path);
        try
        {
            using var document = JsonDocument.Parse(bytes);
            var root = document.RootElement;
            return root.GetProperty("version"u8).GetInt32() == StatusFile.Version && root.GetProperty("pool"u8).GetString() is { } pool
                ? new StatusRequest(pool, root.GetProperty("worker"u8).GetInt32(), root.GetProperty("done"u8).GetInt64())
                : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            return null;
        }
    }
}
