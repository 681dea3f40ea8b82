namespace Multiprocessing;

/// <summary>
/// The handle of a buffer in a message that is sent. A sender may wait long for room, and be killed in the wait: so it is a holder then, and the
/// handle is not in flight. Other handles stay in flight, because their objects distinguish a waiting sender from one that has released them.
/// <para>
/// Killed between the reference and the change of the number: the number stays too high, as after a kill between sending and the commit.
/// </para>
/// </summary>
internal sealed class TravellingBuffer(BufferObject memory) : TravellingSegment(memory.Session, memory.Segment.Id), ITravellingReference
{
    private bool _isHeld;

    void ITravellingReference.SetWaiting(bool isWaiting)
    {
        if (isWaiting)
        {
            // A sender that has disposed its buffer, as after PutAsync, has no hold that could take the place of the flight.
            if (!_isHeld && memory.Session.Objects.TryAddReference(memory))
            {
                _isHeld = true;
                memory.Session.Segments.AddInFlight(Id, -1);
            }
        }
        else if (_isHeld)
        {
            memory.Session.Segments.AddInFlight(Id, +1);
            _isHeld = false;
            memory.Session.Objects.Release(memory);
        }
    }
}
