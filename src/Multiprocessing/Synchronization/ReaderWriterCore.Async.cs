namespace Multiprocessing;

internal sealed partial class ReaderWriterCore
{
    /// <summary>Enters for a hold.</summary>
    public async ValueTask<bool> EnterAsync(
        ReaderWriterMode mode, ProcessSynchronizationObject handle, Deadline deadline, CancellationToken cancellationToken)
    {
        var entered = false;
        if (mode is ReaderWriterMode.Write)
        {
            AnnounceWriter(+1);
        }

        try
        {
            entered = await WaitAsync(
                () => TryEnter(mode, isUpgrade: false, isNested: false),
                handle,
                AsyncWaitersOf(mode),
                _passOn,
                deadline,
                cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (mode is ReaderWriterMode.Write)
            {
                AnnounceWriter(-1);
                if (!entered)
                {
                    Notify();
                }
            }
        }

        if (entered && mode is ReaderWriterMode.Write)
        {
            _writerThread = OwnedByHold;
            _writerEntered = Abandonment;
        }

        return entered;
    }
}
