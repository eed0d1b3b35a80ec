#!/bin/sh
# Untested: written on Linux. Signs Gradus.app, has Apple notarize it, and packs it.
#
#   SIGNER="Developer ID Application: NAME (TEAM)" KEYCHAIN_PROFILE=gradus sh packaging/macos/sign.sh
#
# The profile is made once: xcrun notarytool store-credentials gradus --apple-id ID --team-id TEAM
set -eu
cd "$(dirname "$0")/../.."
app=dist/Gradus.app
archive=dist/gradus-$(sed -n "s/^version = \"\(.*\)\"/\1/p" pyproject.toml)-macos.zip
: "${SIGNER:?say who signs}" "${KEYCHAIN_PROFILE:?say which profile of notarytool to use}"

# from the inside out: a signature covers what it finds, so every library comes before the app
find "$app" -type f \( -name '*.dylib' -o -name '*.so' \) -exec \
    codesign --force --timestamp --options runtime --sign "$SIGNER" {} +
find "$app" -type d -name '*.framework' -exec \
    codesign --force --timestamp --options runtime --sign "$SIGNER" {} +
codesign --force --timestamp --options runtime --entitlements packaging/macos/entitlements.plist \
    --sign "$SIGNER" "$app"
codesign --verify --deep --strict --verbose=2 "$app"

ditto -c -k --keepParent "$app" "$archive"
xcrun notarytool submit "$archive" --keychain-profile "$KEYCHAIN_PROFILE" --wait
xcrun stapler staple "$app"
spctl --assess --type execute --verbose "$app"
ditto -c -k --keepParent "$app" "$archive"
shasum -a 256 "$archive"
