namespace Multiprocessing;

/// <summary>The name of an object that is being created, and what the object is.</summary>
internal sealed record NewName(string Name, NamedIdentity Identity);
