namespace Multiprocessing.Tool.Doctor;

/// <summary>How much a finding matters.</summary>
internal enum Severity
{
    /// <summary>As it should be.</summary>
    Ok,

    /// <summary>Worth knowing; nothing needs to change.</summary>
    Note,

    /// <summary>Works, but slower or with less room than it could.</summary>
    Warning,

    /// <summary>Programs fail here, or will fail under load.</summary>
    Problem,
}

/// <summary>One result of a check.</summary>
/// <param name="Id">A name that scripts can rely on, such as <c>shm-size</c>.</param>
/// <param name="Subject">What was checked, in a few words.</param>
/// <param name="Severity">How much it matters.</param>
/// <param name="Observed">What was found.</param>
/// <param name="Cure">What to do about it; null if nothing needs to change.</param>
internal sealed record Finding(string Id, string Subject, Severity Severity, string Observed, string? Cure = null)
{
    public static Finding Ok(string id, string subject, string observed) => new(id, subject, Severity.Ok, observed);

    public static Finding Note(string id, string subject, string observed, string? cure = null) => new(id, subject, Severity.Note, observed, cure);

    public static Finding Warning(string id, string subject, string observed, string cure) => new(id, subject, Severity.Warning, observed, cure);

    public static Finding Problem(string id, string subject, string observed, string cure) => new(id, subject, Severity.Problem, observed, cure);
}
