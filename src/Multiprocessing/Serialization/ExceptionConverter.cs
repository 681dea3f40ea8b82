namespace Multiprocessing;

/// <summary>Finds for an exception that cannot cross the nearest one that can.</summary>
internal static class ExceptionConverter
{
    private const int MaxDepth = 50;

    /// <summary>Tries it: an exception is small, and rare enough.</summary>
    public static bool CanCross(Exception exception)
    {
        using var buffer = MessageBuffer.Rent();
        try
        {
            ValueSerializer.Serialize(buffer, exception, "exception");
            return true;
        }
        catch (Exception)
        {
            // Whatever stands in the way, a refusal or user code that throws, the answer is a RemoteException that tells of the original.
            return false;
        }
        finally
        {
            // Handles in it would be written again with the real message.
            buffer.Cancel();
        }
    }

    public static Exception Replace(Exception exception, int depth = 0)
    {
        if (exception.GetType() == typeof(AggregateException) && depth < MaxDepth)
        {
            var parts = ((AggregateException)exception).InnerExceptions.Select(inner => Convert(inner, depth + 1)).ToArray();

            // Its Message repeats those of its parts; the constructor adds them again.
            var whole = new AggregateException(OwnMessage(exception), parts);
            if (ExceptionText.RemoteTrace(exception) is { } trace)
            {
                ExceptionCodec.SetRemoteTrace(whole, trace);
            }

            return whole;
        }

        var innermost = exception.InnerException is { } inner && depth < MaxDepth ? Convert(inner, depth + 1) : null;
        return new RemoteException(
            exception.GetType().FullName ?? exception.GetType().Name, ExceptionText.Message(exception), ExceptionText.Trace(exception), Environment.ProcessId, innermost);
    }

    private static Exception Convert(Exception exception, int depth) => CanCross(exception) ? exception : Replace(exception, depth);

    private static string OwnMessage(Exception aggregate)
    {
        var message = ExceptionText.Message(aggregate);
        var parts = message.IndexOf(" (", StringComparison.Ordinal);
        return parts > 0 ? message[..parts] : message;
    }
}
