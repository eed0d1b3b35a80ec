; Untested: written on Linux, where Inno Setup does not run. packaging/build.py calls it on Windows.
;
;   iscc /DVersion=0.1.0 packaging\windows\gradus.iss
;
; For one user or for all: whoever installs chooses, and administrators say /ALLUSERS or /CURRENTUSER.
; Silent: gradus-VERSION-windows-setup.exe /VERYSILENT /SUPPRESSMSGBOXES /NORESTART /ALLUSERS
; Removed: "C:\Program Files\Gradus\unins000.exe" /VERYSILENT

#ifndef Version
  #error Say the version: /DVersion=0.1.0
#endif

[Setup]
AppId={{6A1E0C52-6F0B-4C0E-9E53-2C5B7D1A94F7}
AppName=Gradus
AppVersion={#Version}
AppPublisher=The Gradus authors
VersionInfoVersion={#Version}
SourceDir=..\..
OutputDir=dist
OutputBaseFilename=gradus-{#Version}-windows-setup
DefaultDirName={autopf}\Gradus
DefaultGroupName=Gradus
DisableProgramGroupPage=yes
LicenseFile=LICENSE
SetupIconFile=build\prepared\icons\gradus.ico
UninstallDisplayIcon={app}\gradus.exe
PrivilegesRequired=lowest
PrivilegesRequiredOverridesAllowed=dialog commandline
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
ChangesAssociations=yes
Compression=lzma2/max
SolidCompression=yes
WizardStyle=modern
CloseApplications=yes

[Languages]
Name: "en"; MessagesFile: "compiler:Default.isl"

[Tasks]
Name: "desktop"; Description: "An icon on the desktop"; Flags: unchecked

[Files]
Source: "dist\Gradus\*"; DestDir: "{app}"; Flags: ignoreversion recursesubdirs createallsubdirs

[InstallDelete]
; an older version's libraries must not lie beside the new one's
Type: filesandordirs; Name: "{app}\_internal"

[Icons]
Name: "{autoprograms}\Gradus"; Filename: "{app}\gradus.exe"
Name: "{autodesktop}\Gradus"; Filename: "{app}\gradus.exe"; Tasks: desktop

[Registry]
; HKA is the machine for all users, else the user: a double click on a pack opens it
Root: HKA; Subkey: "Software\Classes\.gradus"; ValueType: string; ValueData: "Gradus.Pack"; Flags: uninsdeletevalue
Root: HKA; Subkey: "Software\Classes\.gradus"; ValueName: "Content Type"; ValueType: string; ValueData: "application/x-gradus"; Flags: uninsdeletevalue
Root: HKA; Subkey: "Software\Classes\Gradus.Pack"; ValueType: string; ValueData: "Gradus lesson pack"; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\Classes\Gradus.Pack\DefaultIcon"; ValueType: string; ValueData: "{app}\gradus.exe,0"
Root: HKA; Subkey: "Software\Classes\Gradus.Pack\shell\open\command"; ValueType: string; ValueData: """{app}\gradus.exe"" ""%1"""

[Run]
Filename: "{app}\gradus.exe"; Description: "Open Gradus"; Flags: nowait postinstall skipifsilent
