namespace Multiprocessing;

/// <summary>
/// Implemented by a referent in the manager and by its proxy elsewhere: the type that a call returns. The public interface is the proxy's alone,
/// because the referent's members know which client calls.
/// </summary>
internal interface IReferent<TInterface>
    where TInterface : class;
