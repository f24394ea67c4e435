import { Menu, type MenuItemConstructorOptions } from 'electron';

/**
 * The menu. No accelerator here is a key of the console (SCREENS, Keys), and none reloads or closes a window by a slip of
 * the hand; the tools for developers are there in an unpackaged build only.
 */
export function setMenu(name: string, packaged: boolean, addWindow: () => void): void {
  const developer: MenuItemConstructorOptions[] = packaged
    ? []
    : [
        {
          label: 'Developer',
          submenu: [
            { role: 'forceReload', accelerator: '' },
            { role: 'toggleDevTools', accelerator: '' },
          ],
        },
      ];
  const template: MenuItemConstructorOptions[] = [
    {
      label: name,
      submenu: [{ role: 'about' }, { type: 'separator' }, { role: 'quit', accelerator: '' }],
    },
    {
      label: 'Edit',
      submenu: [
        { role: 'undo' },
        { role: 'redo' },
        { type: 'separator' },
        { role: 'cut' },
        { role: 'copy' },
        { role: 'paste' },
      ],
    },
    {
      label: 'Window',
      submenu: [
        { label: 'New window', click: addWindow },
        { type: 'separator' },
        { role: 'minimize', accelerator: '' },
        { role: 'togglefullscreen', accelerator: '' },
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { role: 'close', accelerator: '' },
      ],
    },
    ...developer,
  ];
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}
